/** What `--audit` prints: each repeated job with its hosts, and how it came out. */

import { say } from '../cli/pipe.js';
import { printable } from '../cli/printable.js';
import type { Result } from '../cli/stage.js';
import { table } from '../cli/table.js';
import { auditedIn } from './audited.js';
import type { Sample } from './auditSample.js';
import type { Undone } from './runAll.js';
import { ONE_RESULT } from './sameResult.js';
import { sayUndone } from './undone.js';

const HEADINGS = ['job', 'done on', 'audited on', 'result', 'seconds'];

/**
 * Compares what was repeated below `audits` with `runs`; says on stderr, also with --quiet, what is wrong.
 */
export function showAudit(sample: Sample, audits: string, runs: string, failed: Undone['failed']): Result {
  const { comparable, skipped } = sample;
  const jobs = sample.jobs.flatMap((job) => {
    const audited = auditedIn(audits, runs, job);
    return audited ? [{ ...audited, same: audited.difference === undefined }] : [];
  });
  const same = jobs.filter((job) => job.same).length;
  const different = jobs.length - same;
  const rows = jobs.map(({ job, doneOn, auditedOn, same, seconds }) => [
    ...[job, doneOn, auditedOn, same ? 'same' : 'differs', seconds.toFixed(1)],
  ]);
  for (const { difference } of jobs) if (difference !== undefined) sayWrong(difference);
  const undone = sayUndone({ failed, blocked: [] });
  const counts = `${jobs.length} of ${comparable} jobs of other hosts: ${same} same, ${different} different`;
  const left = failed.length > 0 ? `, ${failed.length} could not be repeated` : '';
  const leftOut = skippedText(skipped);
  const nothing = leftOut ? 'no job of another host can be compared' : 'no job was done on another host';
  const found = comparable === 0 ? nothing : `${counts}${left}`;
  return {
    json: { audited: jobs.length, same, different, failed: failed.length, comparable, skipped, jobs },
    text: [
      ...(rows.length > 0 ? [`${table(HEADINGS, rows, [0, 1, 2, 3])}\n`] : []),
      `${found}${leftOut}`,
    ].join('\n'),
    failed: different > 0 || undone,
  };
}

function sayWrong(difference: string): void {
  say(printable(`\n${difference}. ${ONE_RESULT}\n`));
}

/** Such as `; 3 were left out (2 by version 0.2.0, 1 without host or hashes)`; empty if none was. */
function skippedText(skipped: Sample['skipped']): string {
  const reasons = Object.entries(skipped).map(([why, jobs]) => `${jobs} ${why}`);
  const sum = Object.values(skipped).reduce((sum, jobs) => sum + jobs, 0);
  return sum === 0 ? '' : `; ${sum} were left out (${reasons.join(', ')})`;
}
