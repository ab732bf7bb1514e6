/** What `--dry-run` shows: the commands of the jobs that are open, and about how long they take. */

import type { Result } from '../cli/stage.js';
import { formatMinutes } from './estimate.js';
import type { Job } from './job.js';
import { secondsLeft } from './jobOrder.js';
import { commandLine } from './store.js';

/** How many jobs run at a time, on how many threads together, and about how long one of them takes. */
export interface Timing {
  readonly jobs: number;
  readonly threads: number;
  secondsOf(job: Job): number;
}

export function plan(open: readonly Job[], { jobs: atATime, threads, secondsOf }: Timing): Result {
  const jobs = open.map((job) => ({
    folder: job.folder,
    command: commandLine(job),
    seconds: secondsOf(job),
  }));
  const seconds = secondsLeft(open, new Map(), secondsOf, atATime);
  const lines = jobs.map((job) => `${formatMinutes(job.seconds).padStart(6)}  ${job.command}`);
  const together = atATime > 1 ? `, ${atATime} jobs at a time` : '';
  const sum = `${open.length} jobs below --runs, about ${formatMinutes(seconds)} on ${threads} threads${together}`;
  return {
    json: { jobs, seconds },
    text: open.length === 0 ? 'everything is done' : `${lines.join('\n')}\n\n${sum}`,
  };
}
