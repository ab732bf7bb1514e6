/**
 * What data sets that are read from disk share: listing a folder,
 * and reading pictures with the labels that belong to them.
 */

import { readdirSync } from 'node:fs';
import { DataError, UsageError } from '../core/error.js';
import { readRaster } from '../node/pictureFiles.js';
import type { Image } from '../picture/image.js';
import { drawnMask, storedLabel } from '../picture/label.js';
import { toImage } from '../picture/raster.js';
import { byNumber } from './order.js';

/**
 * The names in a folder in natural order, without hidden ones (macOS adds a `._NAME` for each picture).
 * DataError if there is no such folder.
 */
export function listFolder(folder: string, expected: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort(byNumber);
  } catch {
    throw new DataError(`${folder}: there is no such folder, expected ${expected}`);
  }
}

/** The folder that the caller gave; UsageError without one. */
export function requireDirectory(directory: string | undefined, dataset: string): string {
  if (directory === undefined) throw new UsageError(`data is missing: where is the data set "${dataset}"?`);
  return directory;
}

/** A picture and its size. */
interface Sized {
  readonly height: number;
  readonly width: number;
}

/** Refuses a picture that belongs to another one and is not of its size (DataError). */
export function checkSameSize(picture: Sized, source: string, other: Sized, otherSource: string): void {
  if (picture.height === other.height && picture.width === other.width) return;
  const [found, expected] = [picture, other].map(({ height, width }) => `${width}x${height}`);
  throw new DataError(`${source}: is ${found}, expected ${expected} as ${otherSource}`);
}

/**
 * A picture that has a label: refused where it is to be turned, since it is not known whether the label was
 * drawn before.
 */
export function readLabelled(path: string): Image {
  const raster = readRaster(path);
  if (raster.orientation === 1) return toImage(raster);
  throw new DataError(
    `${path}: a note in it (EXIF) says that it is to be turned, and it has a label: save both upright, without the note`,
  );
}

/**
 * Black and white [H,W] as 0 and 1 of a file that belongs
 * to a picture; DataError as drawnMask, or of another size.
 */
export function readMask(path: string, image: Image, imagePath: string): Uint8Array {
  const label = storedLabel(readRaster(path), path);
  checkSameSize(label, path, image, imagePath);
  return drawnMask(label);
}
