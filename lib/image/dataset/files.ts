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

/** A file with one value a pixel of another picture; DataError where its size is not that picture's. */
export function readCompanion(path: string, image: Image, imagePath: string): Image {
  const companion = readImage(path);
  if (companion.height === image.height && companion.width === image.width) return companion;
  throw new DataError(
    `${path}: is ${companion.width}x${companion.height}, expected ${image.width}x${image.height} as ${imagePath}`,
  );
}

/** Black and white [H,W] as 0 and 1; DataError for any other level. */
export function readBinary(path: string, image: Image, imagePath: string): Uint8Array {
  const { channels, data } = readCompanion(path, image, imagePath);
  if (channels === 3) throw new DataError(`${path}: is in colour, expected black and white`);
  const odd = data.find((level) => level !== 0 && level !== 255);
  if (odd !== undefined) throw new DataError(`${path}: holds the grey level ${odd}, expected only 0 and 255`);
  return data.map((level) => level & 1);
}

/** The messages of the attempts that fail for lack of good data; anything else goes on being thrown. */
export function problemsOf(attempts: readonly (() => unknown)[]): string[] {
  return attempts.flatMap((attempt) => {
    try {
      attempt();
      return [];
    } catch (error) {
      if (error instanceof DataError) return [error.message];
      throw error;
    }
  });
}
