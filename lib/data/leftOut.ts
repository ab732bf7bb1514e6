/**
 * Which files in a data set's folder are not read, and why, so that no picture is left out of a training
 * unnoticed.
 */

import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { isPicture, ownerOf, stem } from './pictures.js';

export interface LeftOut {
  /** Relative to the data set's folder. */
  readonly file: string;
  readonly reason: string;
  /** Whether a training loses something by it. */
  readonly loss: boolean;
}

/** Pictures of formats that are not read; everything else that is no picture is no loss. */
const OTHER_PICTURE = /\.(bmp|webp|p[pgbn]m|heic|heif|avif|jp2|j2k|svg|dcm|nii|npy|ppm|mha|tga|ico)$/i;

/** Folders that hold labels, by the names that people give them. */
const LABEL_FOLDER =
  /^(masks?|labels?|annotations?|gt|ground[-_ ]?truths?|segmentations?|manual|.*[-_](masks?|labels?|gt|1stHO|annotations?))$/i;

/** What is not among the `used` files, in the order of the folders; folders named `unread` are left alone. */
export function leftOut(
  directory: string,
  used: readonly string[],
  unread: readonly string[] = [],
): LeftOut[] {
  const known = new Set(used);
  const folders = new Set(used.map((file) => dirname(file)));
  const stems = new Set(used.map(stem));
  return walk(directory, unread)
    .filter((file) => !known.has(file))
    .map((file) => ({ file: relative(directory, file), ...explain(file, folders, stems) }));
}

function explain(
  file: string,
  folders: ReadonlySet<string>,
  stems: ReadonlySet<string>,
): { readonly reason: string; readonly loss: boolean } {
  const [name, folder] = [basename(file), dirname(file)];
  if (name.startsWith('.')) return { reason: 'hidden', loss: false };
  if (OTHER_PICTURE.test(name))
    return { reason: `${extname(name).slice(1).toUpperCase()} is not read: save it as PNG`, loss: true };
  if (!isPicture(name)) return { reason: 'not a picture', loss: false };
  if (folders.has(folder)) {
    const known = stems.has(ownerOf(file) ?? stem(file));
    return { reason: known ? 'beside a picture of its name' : 'no picture of its name is read', loss: true };
  }
  if (LABEL_FOLDER.test(basename(folder))) {
    return { reason: 'in a folder that looks like labels: they are read from "labels"', loss: true };
  }
  return { reason: 'in a folder that is not read', loss: true };
}

/** A line on what a training loses; undefined if it loses nothing. */
export function lossOfFiles(directory: string, out: readonly LeftOut[]): string | undefined {
  const losses = out.filter(({ loss }) => loss);
  if (losses.length === 0) return undefined;
  const [{ file, reason }] = losses;
  const count = losses.length === 1 ? '1 file is' : `${losses.length} files are`;
  return `${directory}: ${count} left out, such as ${file} (${reason}); "data check" lists them`;
}

/** Folders below `directory` whose names say that they hold labels, other than the one that is read. */
export function labelFolders(directory: string): string[] {
  const folders = new Set(
    walk(directory, [])
      .filter(isPicture)
      .map((file) => dirname(file)),
  );
  return [...folders]
    .filter((folder) => LABEL_FOLDER.test(basename(folder)))
    .map((f) => relative(directory, f));
}

/** Every file below a folder; where a link leads out or nothing may be read, nothing. */
function walk(directory: string, unread: readonly string[]): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name.startsWith('.') || unread.includes(entry.name) ? [] : walk(path, unread);
  });
}
