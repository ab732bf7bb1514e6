/**
 * `--audit`: repeats here some jobs that other hosts have done, and compares the hashes of models and results
 * with theirs. An audit that is stopped goes on where it was, and what was repeated is not repeated again.
 */

import { hostname } from 'node:os';
import { Interrupted } from '../cli/signals.js';
import type { Context, Result, SharedOptions } from '../cli/stage.js';
import { auditsOf, copyNeeds, ownRuns, repeatedIn } from './auditFolder.js';
import { showAudit } from './auditReport.js';
import { type Share, sampleOf } from './auditSample.js';
import { plan } from './dryRun.js';
import type { Job } from './job.js';
import { runAll, type Undone } from './runAll.js';
import { requireIntact } from './store.js';
import { requireTrust } from './trust.js';

export interface AuditOptions extends SharedOptions {
  readonly jobs: number;
  readonly dryRun: boolean;
}

/** `secondsOf`: about how long a job takes. */
export interface Auditing {
  readonly runs: string;
  readonly options: AuditOptions;
  readonly context: Context;
  secondsOf(job: Job): number;
}

/**
 * Repeats a share of the jobs of `graph` that other hosts have done. The result has failed if one came out
 * differently or could not be repeated. DataError if a model is not the one that its done.json tells of.
 */
export async function audit(graph: readonly Job[], wanted: Share, auditing: Auditing): Promise<Result> {
  const { runs, options, context, secondsOf } = auditing;
  const audits = auditsOf(runs, hostname());
  const sample = sampleOf(graph, runs, hostname(), wanted);
  for (const job of sample.jobs) {
    requireIntact(runs, job);
    for (const need of job.needs) requireIntact(runs, need);
  }
  const open = sample.jobs.filter((job) => !repeatedIn(audits, runs, job));
  if (options.dryRun) return plan(open, sample.jobs, { ...options, secondsOf });
  if (open.length > 0) requireTrust({ ...options, audit: wanted, runs, log: context.log });
  return showAudit(sample, audits, runs, await repeat(open, audits, auditing));
}

/** Repeats jobs, some at a time, each in a runs folder of its own. */
async function repeat(
  open: readonly Job[],
  audits: string,
  { runs, options, context, secondsOf }: Auditing,
): Promise<Undone['failed']> {
  const { signal, log } = context;
  const { engine, threads, jobs: atATime } = options;
  const machine = { engine, threads: Math.max(1, Math.floor(threads / atATime)), atATime: 1, again: true };
  const quiet = options.quiet || atATime > 1; // bars would write over each other
  const failed: Undone['failed'][number][] = [];
  const queue = [...open.entries()];
  const work = async () => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const [k, job] = next;
      const own = ownRuns(audits, job);
      copyNeeds(runs, own, job);
      const say = (line: string) => log(`audit ${k + 1} of ${open.length}: ${line}`);
      const undone = await runAll([job], { runs: own, ...machine, quiet, secondsOf, signal, log: say });
      failed.push(...undone.failed);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  if (signal.aborted) throw new Interrupted('stopped; the same command goes on where it was', signal.reason);
  return failed;
}
