/** Folders of pictures, and how pictures find the labels and masks that belong to them: by their names. */

import { basename, extname, join } from 'node:path';
import { DataError } from '../core/error.js';
import { readImage } from '../node/pictureFiles.js';
import { type PreprocessName, preprocess } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import type { Listed } from './dataset.js';
import { listFolder } from './labelledFiles.js';

/** Endings of the formats that are read. */
const PICTURE = /\.(png|jpe?g|tiff?|gif)$/i;

/** What names of labels and masks end in, before the ending of the file: eye_mask.png belongs to eye.png. */
const PARTNER =
  /[-_.](masks?|labels?|annotations?|annots?|gt|groundtruth|ground_truth|segmentations?|seg|fov|manual1?|1stHO|2ndHO|L)$/i;

/** Whether a file is of a format that is read, by its ending. */
export function isPicture(name: string): boolean {
  return PICTURE.test(name);
}

/** The name of a file without folder and ending. */
export function stem(path: string): string {
  return basename(path, extname(path));
}

/**
 * The name of the picture that a label or mask belongs to by its own name: `eye` for eye_mask.png; else
 * undefined.
 */
export function ownerOf(path: string): string | undefined {
  const name = stem(path);
  return PARTNER.test(name) ? name.replace(PARTNER, '') : undefined;
}

/** The pictures in a folder, in natural order; DataError if it holds none. */
export function picturesIn(directory: string): string[] {
  const files = listFolder(directory, 'a folder of pictures').filter(isPicture);
  if (files.length === 0)
    throw new DataError(`${directory}: holds no picture, expected PNG, JPEG, TIFF or GIF`);
  return files.map((file) => join(directory, file));
}

/** Pictures by their names without ending; DataError where two share one. */
export function byStem(files: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const file of files) {
    const other = named.get(stem(file));
    if (other !== undefined) throw new DataError(`${file}: ${other} is there too, expected one of them`);
    named.set(stem(file), file);
  }
  return named;
}

/**
 * The partner of a picture in a folder of labels or masks: of
 * its name, or of its name with an addition such as _mask.
 */
export function partnerFinder(directory: string): (image: string) => string | undefined {
  const named = byStem(picturesIn(directory));
  const added = new Map([...named.values()].map((file) => [ownerOf(file), file]));
  return (image) => named.get(stem(image)) ?? added.get(stem(image));
}

/** The pictures of a folder as samples without labels; DataError where some look like labels of others. */
export function listPictures(directory: string, channels: 1 | 3, how: PreprocessName): Listed[] {
  const files = picturesIn(directory);
  const names = new Set(files.map(stem));
  const label = files.find((file) => names.has(ownerOf(file) ?? ''));
  if (label !== undefined) {
    throw new DataError(
      `${label}: looks like the label of a picture beside it: move pictures to ${join(directory, 'images')} and labels to ` +
        join(directory, 'labels'),
    );
  }
  return files.map((file) => ({
    name: basename(file),
    files: [file],
    read: () => pictureSample(file, channels, how),
  }));
}

/** All pictures that lie in a folder, without labels; errors as listPictures. */
export function readImageFolder(directory: string, channels: 1 | 3, how: PreprocessName = 'plain'): Sample[] {
  return listPictures(directory, channels, how).map((listed) => listed.read());
}

/** One picture as a sample without label. */
export function pictureSample(file: string, channels: 1 | 3, how: PreprocessName): Sample {
  const picture = readImage(file);
  const { height, width } = picture;
  const input = preprocess(how, picture, channels);
  return { name: basename(file), height, width, channels, input, picture };
}
