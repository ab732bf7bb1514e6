/**
 * Where repeated jobs are kept: `audit/HOST/JOB` below --runs is for each a runs folder of its own, with
 * copies of the models that the job needs, so that its command is the same word by word, and what it makes
 * depends on no other job that is repeated.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, readBytes, writeFileAtomic } from '../../lib/node/files.js';
import { fileNameOf } from './fileName.js';
import { type Job, modelOf } from './job.js';
import { DONE, type Done, readDone } from './store.js';

export const AUDIT = 'audit';

/** The folder of all that a host repeats. */
export const auditsOf = (runs: string, host: string): string => join(runs, AUDIT, fileNameOf(host));

/** The folders of all hosts that have repeated something. */
export const allAudits = (runs: string): string[] =>
  namesIn(join(runs, AUDIT))
    .sort()
    .map((name) => join(runs, AUDIT, name));

/** The runs folder of a job in one of these. */
export const ownRuns = (audits: string, { folder }: Job): string =>
  join(audits, folder.replaceAll(/[\\/]/g, '+'));

/** The record of a job that was repeated below `audits` as it would be today; undefined if it was not. */
export function repeatedIn(audits: string, runs: string, job: Job): Done | undefined {
  const own = ownRuns(audits, job);
  return isOld(runs, own, job) ? undefined : readDone(own, job);
}

/** Whether the job, or a model that it needs, was done anew since: by another version, or differently. */
function isOld(runs: string, own: string, job: Job): boolean {
  const [first, again] = [readDone(runs, job), readDone(own, job)];
  if (first && again && first.version !== again.version) return true;
  return job.needs.some((need) => {
    const copied = readDone(own, need);
    return copied !== undefined && copied.model !== readDone(runs, need)?.model;
  });
}

/**
 * Copies what a job needs from `runs` into its own folder. What is old there is removed.
 * DataError if a model is missing.
 */
export function copyNeeds(runs: string, own: string, job: Job): void {
  if (isOld(runs, own, job)) rmSync(own, { recursive: true });
  for (const need of job.needs) {
    if (readDone(own, need)) continue;
    for (const file of [modelOf(need), join(need.folder, DONE)])
      writeFileAtomic(join(own, file), readBytes(join(runs, file)));
  }
}
