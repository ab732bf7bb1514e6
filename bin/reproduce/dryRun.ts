/** What `--dry-run` shows: the commands of the jobs that are open, and about how long they take. */

import type { Result } from '../cli/stage.js';
import { estimate, formatMinutes, type Pace } from './estimate.js';
import type { Job } from './job.js';
import { commandLine } from './store.js';

export function plan(open: readonly Job[], pace: Pace): Result {
  const jobs = open.map((job) => ({
    folder: job.folder,
    command: commandLine(job),
    seconds: estimate(job.macs, pace),
  }));
  const seconds = jobs.reduce((sum, job) => sum + job.seconds, 0);
  const lines = jobs.map((job) => `${formatMinutes(job.seconds).padStart(6)}  ${job.command}`);
  const sum = `${open.length} jobs below --runs, about ${formatMinutes(seconds)} on ${pace.threads} threads`;
  return {
    json: { jobs, seconds },
    text: open.length === 0 ? 'everything is done' : `${lines.join('\n')}\n\n${sum}`,
  };
}
