/**
 * Plain folders of pictures: DIR/images and DIR/labels with the same names but for the ending or an addition
 * such as _mask (and DIR/masks for a field of view), or the same below DIR/train and DIR/test. Without those
 * two, the last fifth in natural order (2 before 10) is the test split. Labels hold class ids as they are
 * stored; two classes may be drawn in black and white. Without a folder images, the pictures are in DIR
 * itself, unlabelled: enough for denoising and calibration.
 */

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readImage, readRaster } from '../node/pictureFiles.js';
import { type StoredLabel, storedLabel } from '../picture/label.js';
import { type PreprocessName, preprocess } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import { type Classes, classIdsOf, drawnInBlackAndWhite } from './classIds.js';
import type { Dataset, Listed, Split, Wanted } from './dataset.js';
import { lastFifth, onDisk, partOf } from './disk.js';
import { checkSameSize, readLabelled, readMask } from './labelledFiles.js';
import { byStem, listPictures, partnerFinder, picturesIn, stem } from './pictures.js';

export const folder: Dataset = onDisk(
  {
    name: 'folder',
    summary: 'your own: DIR/images, DIR/labels (class ids as stored, or black and white), optional DIR/masks',
    task: 'segment',
    channels: 1,
    classNames: ['background', 'foreground'],
    preprocess: 'plain',
    patch: { size: 48, perEpoch: 2000 },
    folder: 'folder',
  },
  (directory, wanted) => {
    const drawn = drawing(() => labelsOf(directory), wanted.classes);
    return listSplit(directory, wanted, drawn);
  },
);

/** The files of one sample. */
export interface SampleFiles {
  readonly name: string;
  readonly image: string;
  readonly label?: string | undefined;
  readonly mask?: string | undefined;
}

/** How a sample is to be read. */
export interface Reading {
  readonly channels: 1 | 3;
  readonly preprocess: PreprocessName;
  readonly classes: Classes;
  /**
   * Whether labels are drawn in black and white, where white is no class id; of this label alone if left out.
   */
  readonly drawn?: () => boolean;
}

/** Reads one sample; DataError names a file that is missing, damaged, of another size, or no label. */
export function readSample({ name, image, label, mask }: SampleFiles, reading: Reading): Sample {
  const picture = label === undefined && mask === undefined ? readImage(image) : readLabelled(image);
  const { height, width } = picture;
  const { channels, classes } = reading;
  const input = preprocess(reading.preprocess, picture, channels);
  const sample = { name, height, width, channels, input, picture };
  const fov = mask === undefined ? {} : { fov: readMask(mask, picture, image) };
  if (label === undefined) return { ...sample, ...fov };
  const stored = readStored(label);
  checkSameSize(stored, label, picture, image);
  const drawn = reading.drawn ?? (() => drawnInBlackAndWhite([stored], classes));
  return { ...sample, label: classIdsOf(stored, classes, drawn), ...fov };
}

function readStored(path: string): StoredLabel {
  return storedLabel(readRaster(path), path);
}

/** The answer for a whole set of labels, which are read when it is asked for, once. */
function drawing(labels: () => string[], classes: Classes): () => boolean {
  let answer: boolean | undefined;
  const stored = function* () {
    for (const path of labels()) yield readStored(path);
  };
  return () => {
    answer ??= drawnInBlackAndWhite(stored(), classes);
    return answer;
  };
}

/** The labels of all splits. */
function labelsOf(directory: string): string[] {
  return rootsOf(directory, 'all').flatMap((root) => {
    const labels = subfolder(root, 'labels');
    return labels === undefined ? [] : picturesIn(labels);
  });
}

/** Where samples lie: DIR/train, DIR/test, or DIR itself. */
function rootsOf(directory: string, split: Split): string[] {
  const parts = splitFolders(directory);
  if (parts.length === 0) return [directory];
  const wanted = split === 'all' ? parts : [split];
  return wanted.map((part) => join(directory, part));
}

function splitFolders(directory: string): ('train' | 'test')[] {
  return (['train', 'test'] as const).filter((part) => existsSync(join(directory, part)));
}

function listSplit(directory: string, wanted: Wanted, drawn: () => boolean): readonly Listed[] {
  const { split } = wanted;
  const all = rootsOf(directory, split).flatMap((root) => listBelow(root, wanted, drawn));
  if (split === 'all' || splitFolders(directory).length > 0) return all;
  return partOf(all, split, lastFifth(all));
}

/** The samples of one folder with images (and labels, masks) below it, or with pictures in it. */
function listBelow(root: string, { channels, classes, labels }: Wanted, drawn: () => boolean): Listed[] {
  const images = subfolder(root, 'images');
  if (images === undefined) return listPictures(root, channels, folder.preprocess);
  const labelOf = labels ? finder(root, 'labels') : undefined;
  const maskOf = labels && labelOf ? finder(root, 'masks') : undefined;
  return [...byStem(picturesIn(images)).values()].map((image) => {
    const files = { name: basename(image), image, label: labelOf?.(image), mask: maskOf?.(image) };
    const { label, mask } = files;
    const read = () => readSample(files, { channels, preprocess: folder.preprocess, classes, drawn });
    return { name: files.name, files: [image, label, mask].filter((file) => file !== undefined), read };
  });
}

/** Finds the partner of a picture, or says where it is missing; undefined where there is no such folder. */
function finder(root: string, name: string): ((image: string) => string) | undefined {
  const directory = subfolder(root, name);
  if (directory === undefined) return undefined;
  const partnerOf = partnerFinder(directory);
  // reading it says what is missing
  return (image) => partnerOf(image) ?? join(directory, `${stem(image)}.png`);
}

/** The folder of a name in any case (upper or lower), so that all file systems give the same result. */
function subfolder(root: string, name: string): string | undefined {
  if (!existsSync(root)) return undefined;
  const found = readdirSync(root).find((entry) => entry.toLowerCase() === name);
  return found === undefined ? undefined : join(root, found);
}
