/** Taking over what the file of another process stands for, where several may want to at the same time. */

import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { createFile, textOf } from './files.js';

/**
 * Moves a file with a stale text away; false if another process was quicker. If what we moved is that one's
 * new file, it is put back, unless a third has come: the second then finds its file gone and stops. A text
 * that cannot be read counts as empty.
 */
export function moveAway(path: string, stale: string): boolean {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Error(`${path}: is stale and cannot be moved away: ${(error as Error).message}`);
  }
  const moved = textOf(aside);
  const isStale = (moved ?? '') === stale;
  if (!isStale && moved !== undefined) putBack(aside, path, moved);
  rmSync(aside, { recursive: true, force: true });
  return isStale;
}

/**
 * Puts a file back if there is none: the same one, since its owner may be about to write into it. Where a
 * disk knows no links, a copy.
 */
function putBack(aside: string, path: string, text: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') createFile(path, text);
  }
}
