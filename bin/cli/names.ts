/**
 * Names for results, so that none overwrites another: `a/eye.png` and `b/eye.png` become `a-eye` and `b-eye`.
 */

import { basename, dirname, extname } from 'node:path';

/** A name for each file, without folder and ending. Equal names get the folder's name, and then a number. */
export function distinctNames(files: readonly string[]): string[] {
  const stems = files.map((file) => basename(file, extname(file)));
  const withFolders = stems.map((stem, i) => (isUnique(stems, stem) ? stem : `${folderOf(files[i])}${stem}`));
  return withFolders.map((name, i) => {
    const before = withFolders.slice(0, i).filter((other) => same(other, name)).length;
    return before === 0 ? name : `${name}-${before + 1}`;
  });
}

/** Some file systems treat names that differ only in case as the same. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isUnique(names: readonly string[], name: string): boolean {
  return names.filter((other) => same(other, name)).length === 1;
}

function folderOf(file: string): string {
  const folder = basename(dirname(file));
  return folder === '.' || folder === '' ? '' : `${folder}-`;
}
