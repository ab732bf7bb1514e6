/**
 * Plain folders of pictures: DIR/images and DIR/labels with the same file names but for the ending (and DIR/masks for
 * a field of view), or the same below DIR/train and DIR/test. Without those two, the last fifth in the order of the
 * names is the test split. Labels hold class ids as grey values; one that holds nothing but 0 and 255 counts as 0 and
 * 1. Where there is no images folder the pictures lie in DIR itself, unlabelled: enough for denoising and calibration.
 */

import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError } from '../../tensor/error.js';
import { readImage } from '../decode.js';
import { type PreprocessName, preprocess } from '../preprocess.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { attempt, listFolder, readLevels, requireDirectory } from './files.js';

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
  load({ directory, split, channels }) {
    const files = filesOf(requireDirectory(directory, 'folder'), split);
    return files.map((sample) => readSample(sample, channels ?? folder.channels));
  },
  check(directory) {
    const problems: string[] = [];
    for (const sample of attempt(problems, () => filesOf(directory, 'all')) ?? []) {
      attempt(problems, () => readSample(sample, 1));
    }
    return problems;
  },
};

/** All pictures that lie in a folder, in the order of their names, without labels. */
export function readImageFolder(directory: string, channels: 1 | 3, how: PreprocessName = 'plain'): Sample[] {
  return picturesIn(directory).map((image) => readSample({ name: basename(image), image }, channels, how));
}

/** The files of one sample. */
export interface SampleFiles {
  readonly name: string;
  readonly image: string;
  readonly label?: string | undefined;
  readonly mask?: string | undefined;
}

/** Reads one sample; DataError names a file that is missing, damaged or of another size. */
export function readSample(
  { name, image, label, mask }: SampleFiles,
  channels: 1 | 3,
  how: PreprocessName = 'plain',
): Sample {
  const picture = readImage(image);
  const { height, width } = picture;
  return {
    name,
    height,
    width,
    channels,
    input: preprocess(how, picture, channels),
    picture,
    ...(label !== undefined && { label: classIds(readLevels(label, picture, image)) }),
    ...(mask !== undefined && { fov: readLevels(mask, picture, image).map((level) => (level > 0 ? 1 : 0)) }),
  };
}

/** A label drawn in black and white means classes 0 and 1. */
function classIds(levels: Uint8Array): Uint8Array {
  const blackAndWhite = levels.every((level) => level === 0 || level === 255);
  return blackAndWhite ? levels.map((level) => level & 1) : levels;
}

function filesOf(directory: string, split: Split): SampleFiles[] {
  const parts = (['train', 'test'] as const).filter((part) => existsSync(join(directory, part)));
  if (parts.length > 0) {
    const wanted = split === 'all' ? parts : [split];
    return wanted.flatMap((part) => filesBelow(join(directory, part)));
  }
  const all = filesBelow(directory);
  const testCount = Math.max(1, Math.round(TEST_FRACTION * all.length));
  if (split === 'all') return all;
  return split === 'test' ? all.slice(-testCount) : all.slice(0, -testCount);
}

/** The samples of one folder with images (and labels, masks) below it, or with pictures in it. */
function filesBelow(root: string): SampleFiles[] {
  const imageFolder = join(root, 'images');
  if (!existsSync(imageFolder)) return picturesIn(root).map((image) => ({ name: basename(image), image }));
  const [labels, masks] = [partnersIn(join(root, 'labels')), partnersIn(join(root, 'masks'))];
  return picturesIn(imageFolder).map((image) => {
    const expected = join(root, 'labels', `${stem(image)}.png`);
    const label = labels && (labels.get(stem(image)) ?? expected);
    return { name: basename(image), image, label, mask: masks?.get(stem(image)) };
  });
}

/** The pictures of a folder by their names without ending; undefined where there is no such folder. */
function partnersIn(directory: string): Map<string, string> | undefined {
  if (!existsSync(directory)) return undefined;
  const partners = new Map<string, string>();
  for (const file of picturesIn(directory)) {
    const other = partners.get(stem(file));
    if (other !== undefined) throw new DataError(`${file}: ${other} is there too, expected one of them`);
    partners.set(stem(file), file);
  }
  return partners;
}

/** The pictures in a folder in the order of their names; DataError where it holds none. */
function picturesIn(directory: string): string[] {
  const files = listFolder(directory, 'a folder of pictures').filter((file) => PICTURE.test(file));
  if (files.length === 0)
    throw new DataError(`${directory}: holds no picture, expected PNG, JPEG, TIFF or GIF`);
  return files.map((file) => join(directory, file));
}

function stem(path: string): string {
  return basename(path, extname(path));
}
