/**
 * In which order jobs are done that several processes share: nothing here runs or reads anything. A job is
 * ready when all that it needs is done; the ready one with the longest path to the end goes first.
 */

import type { Job } from './job.js';

/** What is known of a job that is not just waiting; `elsewhere`: another process is at it. */
export type State = 'done' | 'failed' | 'running' | 'elsewhere';

/** States by folder; a job without one is open. */
export type States = ReadonlyMap<string, State | undefined>;

/**
 * Seconds from the start of each job to the end of all that depends on it, by folder. `jobs` are in an order
 * in which they can be done, here and below; what they need and is not among them counts as done.
 */
export function pathSeconds(
  jobs: readonly Job[],
  secondsOf: (job: Job) => number,
): ReadonlyMap<string, number> {
  const after = new Map<string, number>();
  const path = new Map<string, number>();
  for (const job of jobs.toReversed()) {
    const seconds = secondsOf(job) + (after.get(job.folder) ?? 0);
    path.set(job.folder, seconds);
    for (const { folder } of job.needs) after.set(folder, Math.max(after.get(folder) ?? 0, seconds));
  }
  return path;
}

/** Open jobs whose needs are done: the longest path first, else in the given order. */
export function readyJobs(
  jobs: readonly Job[],
  states: States,
  path: ReadonlyMap<string, number>,
): readonly Job[] {
  const undone = new Set(jobs.map(({ folder }) => folder).filter((folder) => states.get(folder) !== 'done'));
  const ready = jobs.filter(
    ({ folder, needs }) => states.get(folder) === undefined && !needs.some((need) => undone.has(need.folder)),
  );
  return ready.sort((a, b) => path.get(b.folder)! - path.get(a.folder)!);
}

/** Jobs that can never be done, since something that they need, directly or not, has failed. */
export function blockedJobs(jobs: readonly Job[], states: States): readonly Job[] {
  const stopped = new Set<string>();
  return jobs.filter(({ folder, needs }) => {
    const isBlocked = needs.some((need) => stopped.has(need.folder));
    if (isBlocked || states.get(folder) === 'failed') stopped.add(folder);
    return isBlocked;
  });
}

/** About how many seconds are left with some jobs at a time. */
export function secondsLeft(
  jobs: readonly Job[],
  states: States,
  secondsOf: (job: Job) => number,
  atATime: number,
): number {
  const blocked = new Set(blockedJobs(jobs, states));
  const left = jobs.filter(
    (job) => !['done', 'failed'].includes(states.get(job.folder) ?? '') && !blocked.has(job),
  );
  return wholeSeconds(scheduleSeconds(left, secondsOf, atATime));
}

/** Rounds a sum of durations, which have tenths, alike in whichever order they were added. */
export function wholeSeconds(sum: number): number {
  return Math.round(Math.round(sum * 10) / 10);
}

/** Seconds from the start of the first to the end of the last job, with some at a time, in this order. */
export function scheduleSeconds(
  jobs: readonly Job[],
  secondsOf: (job: Job) => number,
  atATime: number,
): number {
  const path = pathSeconds(jobs, secondsOf);
  const states = new Map<string, State>();
  const running: { readonly job: Job; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    for (const job of readyJobs(jobs, states, path).slice(0, atATime - running.length)) {
      states.set(job.folder, 'running');
      running.push({ job, end: now + secondsOf(job) });
    }
    const next = running.sort((a, b) => b.end - a.end).pop();
    if (!next) return now;
    now = next.end;
    states.set(next.job.folder, 'done');
  }
}
