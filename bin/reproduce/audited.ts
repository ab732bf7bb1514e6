/** What came out of jobs that were repeated: the same as where they were done first, or not. */

import { join } from 'node:path';
import { allAudits, ownRuns, repeatedIn } from './auditFolder.js';
import type { Job } from './job.js';
import { differenceBetween, hostOf } from './sameResult.js';
import { readDone } from './store.js';

export interface Audited {
  readonly job: string;
  readonly doneOn: string;
  readonly auditedOn: string;
  /** Of the repetition. */
  readonly seconds: number;
  /** With both hosts and both hashes; undefined if the hashes are the same. */
  readonly difference: string | undefined;
}

/** How a repetition below `audits` compares with the job in `runs`; undefined if one of them is not done. */
export function auditedIn(audits: string, runs: string, job: Job): Audited | undefined {
  const [first, again] = [readDone(runs, job), repeatedIn(audits, runs, job)];
  if (!first || !again) return undefined;
  const ours = join(ownRuns(audits, job), job.folder);
  const difference = differenceBetween(join(runs, job.folder), ours);
  const [doneOn, auditedOn] = [first, again].map(hostOf);
  return { job: job.folder, doneOn, auditedOn, seconds: again.seconds, difference };
}

/** All repetitions of these jobs, on any host. */
export function allAudited(jobs: readonly Job[], runs: string): Audited[] {
  return allAudits(runs).flatMap((audits) => jobs.flatMap((job) => auditedIn(audits, runs, job) ?? []));
}

/** The repetitions in one line; empty if there are none. */
export function auditedLine(all: readonly Audited[]): string {
  if (all.length === 0) return '';
  const hosts = [...new Set(all.map(({ auditedOn }) => auditedOn))].join(', ');
  const wrong = [...new Set(all.flatMap(({ job, difference }) => (difference === undefined ? [] : [job])))];
  const rest = wrong.length === 0 ? 'all the same' : `different: ${wrong.join(', ')}`;
  return `${all.length} audited on ${hosts}: ${rest}`;
}
