/** Single jobs of the graph, for those that have a scheduler of their own: `--only` names their folders. */

import { UsageError } from '../../lib/core/error.js';
import { inOrder, type Job } from './job.js';
import { readDone } from './store.js';

export interface Chosen {
  /** The jobs of this process. */
  readonly jobs: readonly Job[];
  /** Open jobs that those need, and that are left to other processes. */
  readonly others: readonly Job[];
}

/** The jobs with these folders, in the order of the graph; UsageError if there is no such job. */
export function jobsNamed(graph: readonly Job[], folders: readonly string[]): Job[] {
  const known = new Set(graph.map(({ folder }) => folder));
  const wrong = folders.find((folder) => !known.has(folder));
  if (wrong !== undefined) {
    throw new UsageError(
      `--only ${wrong}: these tables with these options have no such job; one is ${[...known][0]}`,
    );
  }
  return graph.filter(({ folder }) => folders.includes(folder));
}

/** Adds the open jobs that open ones need; UsageError if there are such and they may not be waited for. */
export function withOthers(jobs: readonly Job[], runs: string, mayWait: boolean): Chosen {
  const others = inOrder(jobs).filter((job) => !jobs.includes(job) && !readDone(runs, job));
  if (others.length > 0 && !mayWait) {
    throw new UsageError(
      `--only: ${others[0].folder} has to be done before; name it, too, or add --worker to wait for it`,
    );
  }
  return { jobs, others };
}
