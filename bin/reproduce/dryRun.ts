/** What `--dry-run` shows: the commands of the jobs that are open, and about how long they take. */

import type { Result } from '../cli/stage.js';
import { formatMinutes } from './estimate.js';
import type { Job } from './job.js';
import { pathSeconds, scheduleSeconds, secondsLeft, wholeSeconds } from './jobOrder.js';
import { commandLine } from './store.js';

/** Machines that share the work of a plan, a job at a time on each. */
const MACHINES = [1, 2, 5, 16];

/** How many jobs run at a time, on how many threads together, and about how long one of them takes. */
export interface Timing {
  readonly jobs: number;
  readonly threads: number;
  /** Of a job that is done what it took, else an estimate. */
  secondsOf(job: Job): number;
}

/** `all` jobs are in an order in which they can be done, with those that are done. */
export function plan(open: readonly Job[], all: readonly Job[], timing: Timing): Result {
  const { jobs: atATime, threads, secondsOf } = timing;
  const jobs = open.map((job) => ({
    folder: job.folder,
    command: commandLine(job),
    seconds: secondsOf(job),
  }));
  const seconds = secondsLeft(open, new Map(), secondsOf, atATime);
  const lines = jobs.map((job) => `${formatMinutes(job.seconds).padStart(6)}  ${job.command}`);
  const together = atATime > 1 ? `, ${atATime} jobs at a time` : '';
  const sum = `${open.length} jobs below --runs, about ${formatMinutes(seconds)} on ${threads} threads${together}`;
  const left = open.length === 0 ? ['everything is done'] : [...lines, '', sum];
  const shared = MACHINES.map((machines) => ({
    machines,
    seconds: wholeSeconds(scheduleSeconds(all, secondsOf, machines)),
  }));
  const path = wholeSeconds(Math.max(0, ...pathSeconds(all, secondsOf).values()));
  return {
    json: { jobs, seconds, shared, path },
    text: [...left, sharedText(all, open, shared, path)].join('\n'),
  };
}

/** How long the whole table takes on several machines; jobs that are done are as long as they were. */
function sharedText(
  all: readonly Job[],
  open: readonly Job[],
  shared: readonly { readonly machines: number; readonly seconds: number }[],
  path: number,
): string {
  const times = shared.map(({ machines, seconds }) => `${formatMinutes(seconds)} on ${machines}`);
  const how = `${all.length - open.length} of them measured`;
  return `all ${all.length} jobs, ${how}: ${times.join(', ')} machines; the longest path: ${formatMinutes(path)}`;
}
