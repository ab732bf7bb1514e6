/**
 * The Berkeley photographs (Martin et al. 2001) for denoising, and Set12: BSDS300 with `images/train/*.jpg`
 * (the "BSD200" of the paper) and `images/test`, and the three test sets as folders of clean pictures. Noise
 * is added by the program.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../core/error.js';
import type { Dataset, List } from './dataset.js';
import { onDisk } from './disk.js';
import { listPictures } from './pictures.js';

const photographs = {
  task: 'denoise',
  classNames: [],
  preprocess: 'plain',
  patch: { size: 64, perEpoch: 3200 },
} as const;

export const bsd300: Dataset = onDisk(
  {
    ...photographs,
    name: 'bsd300',
    summary: 'photographs to train denoisers on, in grey or in colour',
    channels: 1,
    folder: 'BSDS300',
  },
  (root, { split, channels }) => {
    const folders = (split === 'all' ? ['train', 'test'] : [split]).map((part) => join(root, 'images', part));
    const wanted = split === 'all' ? folders.filter(existsSync) : folders;
    if (wanted.length === 0)
      throw new DataError(`${folders[0]}: there is no such folder, expected photographs`);
    return wanted.flatMap((part) => listPictures(part, channels, photographs.preprocess));
  },
);

/** A folder of pictures that nothing is trained on. */
function testSet(name: string, folder: string, channels: 1 | 3, summary: string): Dataset {
  const list: List = (directory, { split, ...wanted }) => {
    if (split === 'train') {
      throw new UsageError(`dataset ${name}: is a test set, train on bsd300 or on a folder of your own`);
    }
    return listPictures(directory, wanted.channels, photographs.preprocess);
  };
  return onDisk({ ...photographs, name, summary, channels, folder }, list);
}

export const bsd68 = testSet('bsd68', 'BSD68', 1, 'grey photographs to test denoisers on');
export const cbsd68 = testSet('cbsd68', 'CBSD68', 3, 'colour photographs to test denoisers on');
export const set12 = testSet('set12', 'Set12', 1, 'twelve grey test pictures');
