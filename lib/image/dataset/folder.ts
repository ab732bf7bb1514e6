/**
 * Plain folders of pictures: DIR/images and DIR/labels with the same file names (and DIR/masks for a field of
 * view), or the same below DIR/train and DIR/test. Without train and test, the last fifth in the order of the
 * names is the test split. Labels hold class ids as grey values; one that holds nothing but 0 and 255 counts as
 * 0 and 1. For denoising, and for calibration, there are no labels: the pictures may lie in DIR itself.
 */

import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError } from '../../tensor/error.js';
import { readImage } from '../decode.js';
import { type PreprocessName, preprocess } from '../preprocess.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { requireSameSize } from './drive.js';

const PICTURE = /\.(png|jpe?g|tiff?|gif)$/i;
const TEST_FRACTION = 0.2;

export const folder: Dataset = {
  name: 'folder',
  summary: 'your own: DIR/images, DIR/labels (class ids as grey values), optional DIR/masks',
  task: 'segment',
  channels: 1,
  classNames: ['background', 'foreground'],
  preprocess: 'plain',
  patch: { size: 48, perEpoch: 2000 },
  folder: 'folder',
  load: ({ directory, split, channels }) => {
    if (directory === undefined) throw new DataError('folder: no folder is given');
    return entriesOf(directory, split).map((entry) => readSample(entry, channels ?? folder.channels));
  },
  check: (directory) => problemsOf(directory),
};

/** All pictures that lie in a folder, in the order of their names, without labels. */
export function readImageFolder(directory: string, channels: 1 | 3): Sample[] {
  const files = picturesIn(directory);
  if (files.length === 0) throw new DataError(`${directory}: holds no pictures (PNG, JPEG, TIFF or GIF)`);
  return files.map((image) => readSample({ name: basename(image), image }, channels));
}

/** The files of one sample. */
export interface SampleFiles {
  readonly name: string;
  readonly image: string;
  readonly label?: string | undefined;
  readonly mask?: string | undefined;
}

function entriesOf(directory: string, split: Split): SampleFiles[] {
  if (!existsSync(directory)) throw new DataError(`${directory}: there is no such folder`);
  const hasSplits = existsSync(join(directory, 'train')) || existsSync(join(directory, 'test'));
  if (hasSplits) {
    const parts = split === 'all' ? ['train', 'test'] : [split];
    return parts.flatMap((part) => entriesBelow(join(directory, part)));
  }
  const entries = entriesBelow(directory);
  const testCount = Math.max(1, Math.round(TEST_FRACTION * entries.length));
  if (split === 'all') return entries;
  return split === 'test' ? entries.slice(-testCount) : entries.slice(0, -testCount);
}

function entriesBelow(root: string): SampleFiles[] {
  const images = existsSync(join(root, 'images')) ? join(root, 'images') : root;
  const files = picturesIn(images);
  if (files.length === 0) throw new DataError(`${images}: holds no pictures (PNG, JPEG, TIFF or GIF)`);
  const partner = (part: string, required: boolean) => {
    const directory = join(root, part);
    if (!existsSync(directory)) return () => undefined;
    const byStem = new Map(picturesIn(directory).map((file) => [stem(file), file]));
    return (image: string) => {
      const found = byStem.get(stem(image));
      if (!found && required)
        throw new DataError(`${join(directory, stem(image))}.png: is missing, the label of ${image}`);
      return found;
    };
  };
  const [labelOf, maskOf] = [partner('labels', true), partner('masks', false)];
  return files.map((image) => ({ name: basename(image), image, label: labelOf(image), mask: maskOf(image) }));
}

/** Reads one sample; DataError names a file that is missing, damaged or of another size. */
export function readSample(
  { name, image, label, mask }: SampleFiles,
  channels: 1 | 3,
  how: PreprocessName = 'plain',
): Sample {
  const picture = readImage(image);
  const { height, width } = picture;
  const greyValues = (path: string) => {
    const values = readImage(path);
    requireSameSize(path, values, image, picture);
    if (values.channels !== 1)
      throw new DataError(`${path}: is a colour picture, expected class ids as grey values`);
    return values.data;
  };
  return {
    name,
    height,
    width,
    channels,
    input: preprocess(how, picture, channels),
    picture,
    ...(label !== undefined && { label: classIds(greyValues(label)) }),
    ...(mask !== undefined && { fov: greyValues(mask).map((level) => (level > 0 ? 1 : 0)) }),
  };
}

/** A label drawn in black and white means classes 0 and 1. */
function classIds(levels: Uint8Array): Uint8Array {
  const blackAndWhite = levels.includes(255) && levels.every((level) => level === 0 || level === 255);
  return blackAndWhite ? levels.map((level) => level / 255) : levels;
}

function picturesIn(directory: string): string[] {
  if (!existsSync(directory)) throw new DataError(`${directory}: there is no such folder`);
  const files = readdirSync(directory).filter((file) => PICTURE.test(file));
  return files.sort().map((file) => join(directory, file));
}

const stem = (path: string) => basename(path, extname(path));

function problemsOf(directory: string): string[] {
  try {
    return entriesOf(directory, 'all').flatMap((entry) => {
      try {
        readSample(entry, 1);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
  } catch (error) {
    return [(error as Error).message];
  }
}
