/**
 * DRIVE (Staal et al. 2004): fundus photographs with vessels drawn by hand, in the layout its owners publish:
 * training|test / images/NN_*.tif, 1st_manual/NN_manual1.gif, mask/NN_*_mask.gif. White is vessel, and field
 * of view. PNG in the same places is read too (the synthetic twin writes it). The second observer of the test
 * set is not read.
 */

import { join } from 'node:path';
import { DataError } from '../core/error.js';
import { readImage } from '../node/pictureFiles.js';
import { preprocess } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import type { Dataset, Split, Wanted } from './dataset.js';
import { onDisk } from './disk.js';
import { listFolder, readLabelled, readMask } from './labelledFiles.js';

type SplitFolder = 'training' | 'test';

const SPLIT_FOLDERS: Readonly<Record<Split, readonly SplitFolder[]>> = {
  train: ['training'],
  test: ['test'],
  all: ['training', 'test'],
};

export const drive: Dataset = onDisk(
  {
    name: 'drive',
    summary: 'retinal vessels, 565x584',
    task: 'segment',
    channels: 1,
    classNames: ['background', 'vessel'],
    preprocess: 'drive',
    patch: { size: 48, perEpoch: 12000 },
    folder: 'DRIVE',
    unread: ['2nd_manual'],
  },
  (directory, wanted) =>
    SPLIT_FOLDERS[wanted.split].flatMap((folder) =>
      entriesOf(directory, folder, wanted.labels).map((entry) => ({
        name: entry.name,
        files: wanted.labels ? [entry.image, entry.label, entry.mask] : [entry.image],
        read: () => readSample(entry, wanted),
      })),
    ),
);

/** The files of one photograph; where a label or mask is missing, the path it is expected at. */
interface Entry {
  readonly name: string;
  readonly image: string;
  readonly label: string;
  readonly mask: string;
}

function entriesOf(directory: string, folder: SplitFolder, labelled: boolean): Entry[] {
  const imageFolder = join(directory, folder, 'images');
  const labelFolder = join(directory, folder, '1st_manual');
  const maskFolder = join(directory, folder, 'mask');
  const images = numberedFiles(imageFolder, /^(\d+)_.*\.(tiff?|png)$/i);
  const partners = (from: string, pattern: RegExp): ReadonlyMap<string, string> =>
    labelled ? numberedFiles(from, pattern) : new Map();
  const labels = partners(labelFolder, /^(\d+)_manual1\.(gif|png)$/i);
  const masks = partners(maskFolder, /^(\d+)_.*mask\.(gif|png)$/i);
  if (images.size === 0)
    throw new DataError(`${imageFolder}: holds no picture, expected files named NN_*.tif`);
  return [...images].map(([number, image]) => ({
    name: `${folder}/${number}`,
    image,
    label: labels.get(number) ?? join(labelFolder, `${number}_manual1.gif`),
    mask: masks.get(number) ?? join(maskFolder, `${number}_${folder}_mask.gif`),
  }));
}

/** The files whose names match, by the number that their names start with, in the order of the numbers. */
function numberedFiles(folder: string, pattern: RegExp): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of listFolder(folder, 'the published layout of DRIVE')) {
    const number = pattern.exec(name)?.[1];
    if (number === undefined) continue;
    const path = join(folder, name);
    const other = files.get(number);
    if (other !== undefined) throw new DataError(`${path}: ${other} is there too, expected one of them`);
    files.set(number, path);
  }
  return new Map([...files].sort(([a], [b]) => Number(a) - Number(b)));
}

function readSample({ name, image, label, mask }: Entry, { channels, labels }: Wanted): Sample {
  const picture = labels ? readLabelled(image) : readImage(image);
  return {
    name,
    height: picture.height,
    width: picture.width,
    channels,
    input: preprocess('drive', picture, channels),
    picture,
    ...(labels && { label: readMask(label, picture, image), fov: readMask(mask, picture, image) }),
  };
}
