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

/** Refuses a picture that belongs to another one and is not of its size (DataError). */
export function checkSameSize(picture: Image, source: string, other: Image, otherSource: string): void {
  if (picture.height === other.height && picture.width === other.width) return;
  const [found, expected] = [picture, other].map(({ height, width }) => `${width}x${height}`);
  throw new DataError(`${source}: is ${found}, expected ${expected} as ${otherSource}`);
}

/** The grey levels [H,W] of a file that belongs to a picture; DataError where it is in colour or of another size. */
export function readLevels(path: string, image: Image, imagePath: string): Uint8Array {
  return levelsOf(readImage(path), path, image, imagePath);
}

function levelsOf(picture: Image, path: string, image: Image, imagePath: string): Uint8Array {
  checkSameSize(picture, path, image, imagePath);
  const { channels, data } = picture;
  // Many programs save grey as RGB.
  const levels = data.filter((_, i) => i % channels === 0);
  if (data.some((value, i) => value !== levels[Math.floor(i / channels)]))
    throw new DataError(`${path}: is in colour, expected grey levels`);
  return levels;
}

/** Black and white [H,W] as 0 and 1; DataError as readLevels, and for any other level. */
export function readBinary(path: string, image: Image, imagePath: string): Uint8Array {
  return binaryOf(readImage(path), path, image, imagePath);
}

/** The same of a picture that has been read. */
export function binaryOf(picture: Image, path: string, image: Image, imagePath: string): Uint8Array {
  const levels = levelsOf(picture, path, image, imagePath);
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
