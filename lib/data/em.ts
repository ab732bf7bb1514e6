/**
 * ISBI-2012 (Cardona et al. 2010): sections of neural tissue under the electron microscope, in the layout of
 * the challenge: `train-volume.tif` and `train-labels.tif`, a page a section. Also a folder of pairs,
 * `images/NAME.png` and `labels/NAME.png`. White is the inside of a cell, black is membrane. The labels of
 * the challenge's own test set were never published: the last five sections are the test split.
 */

import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError } from '../core/error.js';
import { readBytes } from '../node/files.js';
import { readImage, readRaster } from '../node/pictureFiles.js';
import { decodeImages, decodeRasters } from '../picture/decode.js';
import type { Image } from '../picture/image.js';
import { drawnMask, type StoredLabel, storedLabel } from '../picture/label.js';
import { preprocess } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import type { Dataset, Split } from './dataset.js';
import { onDisk, partOf } from './disk.js';
import { checkSameSize, listFolder, readLabelled } from './labelledFiles.js';

const TEST_SECTIONS = 5;
const STACKS = { volume: 'train-volume.tif', labels: 'train-labels.tif' };

export const em: Dataset = onDisk(
  {
    name: 'em',
    summary: 'cells and membranes, 512x512',
    task: 'segment',
    channels: 1,
    classNames: ['membrane', 'cell'],
    preprocess: 'plain',
    patch: { size: 128, perEpoch: 800, flips: true },
    folder: 'EM',
  },
  (directory, { split, channels, labels }) =>
    sectionsOf(directory, split, labels).map((section) => ({
      name: section.name,
      files: section.files,
      read: () => toSample(section, channels),
    })),
);

/** One section, and where it and its label come from; pictures of a folder are read when they are needed. */
interface Section {
  readonly name: string;
  readonly files: readonly string[];
  readonly source: string;
  picture(): Image;
  /** Where labels are wanted. */
  label?(): StoredLabel;
}

/** The sections of a split; DataError where there are none. */
function sectionsOf(directory: string, split: Split, labelled: boolean): readonly Section[] {
  const sectionsIn = existsSync(join(directory, 'images')) ? pairsIn : pagesIn;
  const all = sectionsIn(directory, labelled);
  const part = partOf(all, split, TEST_SECTIONS);
  if (part.length > 0) return part;
  const expected = split === 'train' ? `more than the ${TEST_SECTIONS} of the test split` : 'at least 1';
  throw new DataError(`${directory}: holds ${all.length} sections, expected ${expected}`);
}

function pagesIn(directory: string, labelled: boolean): Section[] {
  const [volume, labels] = [STACKS.volume, STACKS.labels].map((file) => join(directory, file));
  const pictures = decodeImages(readBytes(volume), volume);
  const truths = labelled ? decodeRasters(readBytes(labels), labels) : undefined;
  if (truths && pictures.length !== truths.length) {
    throw new DataError(`${labels}: has ${truths.length} pages, expected ${pictures.length} as ${volume}`);
  }
  return pictures.map((picture, page) => ({
    name: `section/${String(page).padStart(2, '0')}`,
    files: truths ? [volume, labels] : [volume],
    source: `${volume}, page ${page}`,
    picture: () => picture,
    ...(truths && { label: () => storedLabel(truths[page], `${labels}, page ${page}`) }),
  }));
}

function pairsIn(directory: string, labelled: boolean): Section[] {
  const images = join(directory, 'images');
  const names = listFolder(images, 'pictures of sections').filter((name) => /\.png$/i.test(name));
  return names.map((name) => {
    const [source, labelSource] = [join(images, name), join(directory, 'labels', name)];
    const section = { name: basename(name, extname(name)), source };
    if (!labelled) return { ...section, files: [source], picture: () => readImage(source) };
    return {
      ...section,
      files: [source, labelSource],
      picture: () => readLabelled(source),
      label: () => storedLabel(readRaster(labelSource), labelSource),
    };
  });
}

function toSample(section: Section, channels: 1 | 3): Sample {
  const { name, source } = section;
  const picture = section.picture();
  const { height, width } = picture;
  const label = section.label?.();
  if (label) checkSameSize(label, label.source, picture, source);
  const input = preprocess('plain', picture, channels);
  return { name, height, width, channels, input, picture, ...(label && { label: drawnMask(label) }) };
}
