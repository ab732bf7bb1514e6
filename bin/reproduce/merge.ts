/** Taking over what was done in another --runs. What was done in both places must have come out the same. */

import { cpSync, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { DataError, UsageError } from '../../lib/core/error.js';
import { RUN_LOCK } from '../../lib/node/run/runLock.js';
import { CLAIM } from '../share/claim.js';
import { AUDIT } from './auditFolder.js';
import { FAILED } from './failure.js';
import { differenceBetween, ONE_RESULT } from './sameResult.js';
import { DONE } from './store.js';

/** Folders of jobs below --runs, in the order of their names. */
export interface Merged {
  readonly taken: readonly string[];
  /** Jobs done in both places, with the same output: left as they were. */
  readonly present: readonly string[];
}

/**
 * Copies the folders of jobs that are done in `from` and not in `to`. UsageError where there is no `from`;
 * DataError, before anything is copied, if a job came out differently there.
 */
export function mergeRuns(from: string, to: string): Merged {
  if (!existsSync(from)) throw new UsageError(`--merge ${from}: there is no such folder`);
  const finished = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === DONE && file.split(sep)[0] !== AUDIT)
    .map((file) => dirname(file))
    .sort();
  const present = finished.filter((folder) => existsSync(join(to, folder, DONE)));
  for (const folder of present) requireSame(join(from, folder), join(to, folder));
  const taken = finished.filter((folder) => !present.includes(folder));
  for (const folder of taken) {
    const root = join(from, folder);
    cpSync(root, join(to, folder), { recursive: true, filter: (path) => path === root || isPart(path) });
  }
  return { taken, present };
}

/** Files that tell that a folder is that of a job. */
const MARKS = [DONE, FAILED, CLAIM, RUN_LOCK];
/** Also claims that were moved away. */
const isMark = (name: string) => MARKS.includes(name) || name.startsWith(CLAIM);

/**
 * Whether a file or folder belongs to a finished job. Folders of jobs lie in the folders of jobs that they
 * need: each is copied separately, and only when it is done.
 */
function isPart(path: string): boolean {
  const name = basename(path);
  if (isMark(name)) return name === DONE;
  return !MARKS.some((mark) => existsSync(join(path, mark)));
}

function requireSame(theirs: string, ours: string): void {
  const difference = differenceBetween(theirs, ours);
  if (difference !== undefined) throw new DataError(`${difference}; nothing was taken over. ${ONE_RESULT}`);
}
