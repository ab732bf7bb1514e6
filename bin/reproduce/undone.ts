/** What `reproduce` says at the end of jobs that could not be done. */

import { say } from '../cli/pipe.js';
import { printable } from '../cli/printable.js';
import { failureText, type Undone } from './runAll.js';
import { commandLine } from './store.js';

/** Says on stderr, also with --quiet, what failed and why; what a stage's `failed` is. */
export function sayUndone({ failed, blocked }: Undone): boolean | 'data' {
  if (failed.length === 0) return false;
  const lines = failed.map(
    ({ job, failure }) =>
      `  ${job.folder} on ${failure.host}: ${failureText(failure)}\n    ${commandLine(job)}`,
  );
  say(printable(`\n${failed.length} failed; the same command tries them again:\n${lines.join('\n')}\n`));
  const names = blocked.map(({ folder }) => `  ${folder}\n`).join('');
  if (blocked.length > 0)
    say(printable(`${blocked.length} blocked, since they need one that failed:\n${names}`));
  return failed.every(({ failure }) => failure.code === 3) ? 'data' : true;
}
