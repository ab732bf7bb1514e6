/** What data sets that are read from disk share: listing a folder, holding sizes together, collecting problems. */

import { readdirSync } from 'node:fs';
import { DataError, UsageError } from '../../tensor/error.js';
import { readImage } from '../decode.js';
import type { Image } from '../image.js';

/** The names in a folder in the order of their bytes; DataError where there is no such folder. */
export function listFolder(folder: string, expected: string): string[] {
  try {
    return readdirSync(folder).sort((a, b) => (a < b ? -1 : 1));
  } catch {
    throw new DataError(`${folder}: there is no such folder, expected ${expected}`);
  }
}

/** The folder that an option or a variable named; UsageError where none did. */
export function requireDirectory(directory: string | undefined, dataset: string): string {
  if (directory === undefined) throw new UsageError(`--data is missing: where is the data set "${dataset}"?`);
  return directory;
}

/** The grey levels [H,W] of a file that belongs to a picture; DataError where it is in colour or of another size. */
export function readLevels(path: string, image: Image, imagePath: string): Uint8Array {
  const { height, width, channels, data } = readImage(path);
  if (height !== image.height || width !== image.width) {
    throw new DataError(
      `${path}: is ${width}x${height}, expected ${image.width}x${image.height} as ${imagePath}`,
    );
  }
  // Many programs save grey as RGB.
  const levels = data.filter((_, i) => i % channels === 0);
  if (data.some((value, i) => value !== levels[Math.floor(i / channels)]))
    throw new DataError(`${path}: is in colour, expected grey levels`);
  return levels;
}

/** Black and white [H,W] as 0 and 1; DataError as readLevels, and for any other level. */
export function readBinary(path: string, image: Image, imagePath: string): Uint8Array {
  const levels = readLevels(path, image, imagePath);
  const odd = levels.find((level) => level !== 0 && level !== 255);
  if (odd !== undefined) throw new DataError(`${path}: holds the grey level ${odd}, expected only 0 and 255`);
  return levels.map((level) => level & 1);
}

/** The result of an action, or undefined and one more line in `problems` where it throws a DataError. */
export function attempt<Result>(problems: string[], action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
