/**
 * What is submitted together. A scheduler takes seconds for each submission, so evaluations share one with
 * their network. Where other networks start from that one, its evaluations are a submission of their own:
 * nothing waits for an evaluation, or fails with it.
 */

import { type Job, makesNetwork } from '../job.js';
import { pathSeconds } from '../jobOrder.js';

export interface Pack {
  /** The folder of its first job. */
  readonly name: string;
  /** In an order in which they can be done. */
  readonly jobs: readonly Job[];
  /** Folders of open jobs of other packs that these need. */
  readonly needs: readonly string[];
  /** About how long it takes. */
  readonly seconds: number;
}

/**
 * Packs of those open jobs that are to be submitted: each after those that it needs, else the longest path to
 * the end first.
 */
export function packsOf(
  open: readonly Job[],
  isSubmitted: (job: Job) => boolean,
  secondsOf: (job: Job) => number,
): Pack[] {
  const undone = new Set(open.map(({ folder }) => folder));
  const starts = new Set(open.filter(makesNetwork).flatMap(({ needs }) => needs.map(({ folder }) => folder)));
  const path = pathSeconds(open, secondsOf);
  const packs = new Map<string, Job[]>();
  const left = open.filter((job) => !isSubmitted(job));
  const comesNow = new Set(left.map(({ folder }) => folder));
  for (const job of left.toSorted((a, b) => path.get(b.folder)! - path.get(a.folder)!)) {
    const key = keyOf(job, (network) => comesNow.has(network) && !starts.has(network));
    packs.set(key, [...(packs.get(key) ?? []), job]);
  }
  return [...packs.values()].map((jobs) => {
    const own = new Set(jobs.map(({ folder }) => folder));
    const needs = jobs.flatMap((job) => job.needs.map(({ folder }) => folder));
    return {
      name: jobs[0].folder,
      jobs,
      needs: [...new Set(needs)].filter((folder) => undone.has(folder) && !own.has(folder)),
      seconds: jobs.reduce((sum, job) => sum + secondsOf(job), 0),
    };
  });
}

/** Jobs with the same key are submitted together. */
function keyOf(job: Job, isLast: (network: string) => boolean): string {
  const { folder, needs } = job;
  if (makesNetwork(job) || needs.length !== 1) return folder;
  const [network] = needs;
  return isLast(network.folder) ? network.folder : `of ${network.folder}`;
}
