/**
 * ISBI-2012 (Cardona et al. 2010): sections of neural tissue under the electron microscope, in the layout of the
 * challenge: `train-volume.tif` and `train-labels.tif`, a page a section. Also a folder of pairs, `images/NAME.png` and
 * `labels/NAME.png`. White is the inside of a cell, black is membrane. The labels of the challenge's own test set were
 * never published: the last five sections are the test split.
 */

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from '../../tensor/error.js';
import { readBytes } from '../../tensor/files.js';
import { decodeImages, readImage } from '../decode.js';
import type { Image } from '../image.js';
import { preprocess } from '../preprocess.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { attempt, binaryOf, listFolder, requireDirectory } from './files.js';

const TEST_SECTIONS = 5;
const STACKS = { volume: 'train-volume.tif', labels: 'train-labels.tif' };

export const em: Dataset = {
  name: 'em',
  summary: 'cells and membranes, 512x512',
  task: 'segment',
  channels: 1,
  classNames: ['membrane', 'cell'],
  preprocess: 'plain',
  patch: { size: 128, perEpoch: 800, flips: true },
  folder: 'EM',
  load({ directory, split, channels }) {
    const root = requireDirectory(directory, 'em');
    return partOf(root, split).map((section) => toSample(section, channels ?? em.channels));
  },
  check(directory) {
    const problems: string[] = [];
    for (const section of attempt(problems, () => partOf(directory, 'all')) ?? []) {
      attempt(problems, () => toSample(section, 1));
    }
    return problems;
  },
};

/** One section, and where it and its label come from; pictures of a folder are read when they are needed. */
interface Section {
  readonly name: string;
  readonly source: string;
  readonly labelSource: string;
  picture(): Image;
  label(): Image;
}

/** The sections of a split; DataError where there are none. */
function partOf(directory: string, split: Split): readonly Section[] {
  const all = existsSync(join(directory, 'images')) ? pairsIn(directory) : pagesIn(directory);
  const train = all.slice(0, -TEST_SECTIONS);
  const part = { all, train, test: all.slice(-TEST_SECTIONS) }[split];
  if (part.length > 0) return part;
  const expected = split === 'train' ? `more than the ${TEST_SECTIONS} of the test split` : 'at least 1';
  throw new DataError(`${directory}: holds ${all.length} sections, expected ${expected}`);
}

function pagesIn(directory: string): Section[] {
  const [volume, labels] = [STACKS.volume, STACKS.labels].map((file) => join(directory, file));
  const [pictures, truths] = [volume, labels].map((path) => decodeImages(readBytes(path), path));
  if (pictures.length !== truths.length) {
    throw new DataError(`${labels}: has ${truths.length} pages, expected ${pictures.length} as ${volume}`);
  }
  return pictures.map((picture, page) => ({
    name: `section/${String(page).padStart(2, '0')}`,
    source: `${volume}, page ${page}`,
    labelSource: `${labels}, page ${page}`,
    picture: () => picture,
    label: () => truths[page],
  }));
}

function pairsIn(directory: string): Section[] {
  const images = join(directory, 'images');
  const names = listFolder(images, 'pictures of sections').filter((name) => /\.png$/i.test(name));
  return names.map((name) => {
    const [source, labelSource] = [join(images, name), join(directory, 'labels', name)];
    const [picture, label] = [() => readImage(source), () => readImage(labelSource)];
    return { name: basename(name, '.png'), source, labelSource, picture, label };
  });
}

function toSample({ name, source, labelSource, ...read }: Section, channels: 1 | 3): Sample {
  const picture = read.picture();
  const { height, width } = picture;
  const label = binaryOf(read.label(), labelSource, picture, source);
  return { name, height, width, channels, input: preprocess('plain', picture, channels), picture, label };
}
