/**
 * DRIVE (Staal et al. 2004): fundus photographs with vessels drawn by hand, in the layout its owners publish:
 * training|test / images/NN_*.tif, 1st_manual/NN_manual1.gif, mask/NN_*_mask.gif. White is vessel, and field of
 * view. PNG files in the same places are read too.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../tensor/error.js';
import { readImage } from '../decode.js';
import { type Image, toGrey } from '../image.js';
import { preprocess } from '../preprocess.js';
import type { Dataset, Sample, Split } from './dataset.js';

const SPLIT_FOLDERS: Readonly<Record<Split, readonly string[]>> = {
  train: ['training'],
  test: ['test'],
  all: ['training', 'test'],
};

export const drive: Dataset = {
  name: 'drive',
  summary: 'retinal vessels, 565x584',
  task: 'segment',
  channels: 1,
  classNames: ['background', 'vessel'],
  preprocess: 'drive',
  patch: { size: 48, perEpoch: 12000 },
  folder: 'DRIVE',
  load: ({ directory, split, channels }) => {
    if (directory === undefined) throw new DataError('drive: no folder is given');
    return entriesOf(directory, split).map((entry) => readSample(entry, channels ?? drive.channels));
  },
  check: (directory) => problemsOf(directory),
};

/** The files of one photograph. */
interface Entry {
  readonly name: string;
  readonly image: string;
  readonly label: string;
  readonly mask: string;
}

function entriesOf(directory: string, split: Split): Entry[] {
  return SPLIT_FOLDERS[split].flatMap((folder) => {
    const root = join(directory, folder);
    const images = filesIn(join(root, 'images'), /^(\d+)_.*\.(tiff?|png)$/i);
    if (images.size === 0) throw new DataError(`${join(root, 'images')}: holds no pictures named NN_*.tif`);
    const labels = filesIn(join(root, '1st_manual'), /^(\d+)_manual1\.(gif|png)$/i);
    const masks = filesIn(join(root, 'mask'), /^(\d+)_.*mask\.(gif|png)$/i);
    return [...images].map(([number, image]) => ({
      name: `${folder}/${number}`,
      image,
      label: fileOf(labels, number, join(root, '1st_manual', `${number}_manual1.gif`)),
      mask: fileOf(masks, number, join(root, 'mask', `${number}_${folder}_mask.gif`)),
    }));
  });
}

/** The files of a folder whose names match, by the number in the name, in the order of the numbers. */
function filesIn(folder: string, pattern: RegExp): Map<string, string> {
  if (!existsSync(folder))
    throw new DataError(`${folder}: there is no such folder, expected the layout of DRIVE`);
  const found = readdirSync(folder).flatMap((file) => {
    const number = pattern.exec(file)?.[1];
    return number === undefined ? [] : [[number, join(folder, file)] as const];
  });
  return new Map(found.sort(([a], [b]) => Number(a) - Number(b)));
}

function fileOf(files: ReadonlyMap<string, string>, number: string, expected: string): string {
  const file = files.get(number);
  if (file === undefined) throw new DataError(`${expected}: is missing`);
  return file;
}

function readSample({ name, image, label, mask }: Entry, channels: 1 | 3): Sample {
  const picture = readImage(image);
  const { height, width } = picture;
  const [vessels, fov] = [label, mask].map((path) => {
    const binary = readImage(path);
    requireSameSize(path, binary, image, picture);
    return Uint8Array.from(toGrey(binary), (level) => (level > 127 ? 1 : 0));
  });
  return {
    name,
    height,
    width,
    channels,
    input: preprocess('drive', picture, channels),
    picture,
    label: vessels,
    fov,
  };
}

/** Refuses a label or mask whose size is not that of its picture (DataError). */
export function requireSameSize(path: string, got: Image, imagePath: string, image: Image): void {
  if (got.height === image.height && got.width === image.width) return;
  throw new DataError(
    `${path}: is ${got.width}x${got.height}, but ${imagePath} is ${image.width}x${image.height}`,
  );
}

function problemsOf(directory: string): string[] {
  return (['train', 'test'] as const).flatMap((split) => {
    try {
      return entriesOf(directory, split).flatMap((entry) => {
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
  });
}
