/**
 * The Berkeley photographs (Martin et al. 2001) for denoising, and Set12: BSDS300 with `images/train/*.jpg` (the "BSD200" of
 * the paper) and `images/test`, and the three test sets as folders of clean pictures. Noise is added by the program.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../tensor/error.js';
import type { Dataset, Sample } from './dataset.js';
import { attempt, requireDirectory } from './files.js';
import { readImageFolder } from './folder.js';

const photographs = {
  task: 'denoise',
  classNames: [],
  preprocess: 'plain',
  patch: { size: 64, perEpoch: 3200 },
} as const;

export const bsd300: Dataset = {
  ...photographs,
  name: 'bsd300',
  summary: 'photographs to train denoisers on; --channels 3 for colour',
  channels: 1,
  folder: 'BSDS300',
  load({ directory, split, channels }) {
    const root = requireDirectory(directory, 'bsd300');
    const folders = (split === 'all' ? ['train', 'test'] : [split]).map((part) => join(root, 'images', part));
    const wanted = split === 'all' ? folders.filter(existsSync) : folders;
    return wanted.flatMap((part) => readImageFolder(part, channels ?? bsd300.channels));
  },
  check: (directory) => problemsIn(join(directory, 'images', 'train')),
};

/** A folder of pictures that nothing is trained on. */
function testSet(name: string, folder: string, channels: 1 | 3, summary: string): Dataset {
  return {
    ...photographs,
    name,
    summary,
    channels,
    folder,
    load(options): Sample[] {
      if (options.split === 'train') {
        throw new UsageError(`--dataset ${name}: is a test set, train on bsd300 or on a folder of your own`);
      }
      return readImageFolder(requireDirectory(options.directory, name), options.channels ?? channels);
    },
    check: problemsIn,
  };
}

function problemsIn(directory: string): string[] {
  const problems: string[] = [];
  attempt(problems, () => readImageFolder(directory, 3));
  return problems;
}

export const bsd68 = testSet('bsd68', 'BSD68', 1, 'grey photographs to test denoisers on');
export const cbsd68 = testSet('cbsd68', 'CBSD68', 3, 'colour photographs to test denoisers on');
export const set12 = testSet('set12', 'Set12', 1, 'twelve grey test pictures');
