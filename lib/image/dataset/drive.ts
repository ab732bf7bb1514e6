/**
 * DRIVE (Staal et al. 2004): fundus photographs with vessels drawn by hand, in the layout its owners publish:
 * training|test / images/NN_*.tif, 1st_manual/NN_manual1.gif, mask/NN_*_mask.gif. White is vessel, and field of
 * view. PNG in the same places is read too (the synthetic twin writes it). The second observer of the test set is
 * not read.
 */

import { join } from 'node:path';
import { DataError } from '../../tensor/error.js';
import { readImage } from '../decode.js';
import { preprocess } from '../preprocess.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { listFolder, problemsOf, readBinary, requireDirectory } from './files.js';

type SplitFolder = 'training' | 'test';

const SPLIT_FOLDERS: Readonly<Record<Split, readonly SplitFolder[]>> = {
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
  load({ directory, split, channels }) {
    const root = requireDirectory(directory, 'drive');
    return SPLIT_FOLDERS[split].flatMap((folder) =>
      entriesOf(root, folder).map((entry) => readSample(entry, channels ?? drive.channels)),
    );
  },
  check(directory) {
    return problemsOf(
      SPLIT_FOLDERS.all.map((folder) => () => {
        const problems = entriesOf(directory, folder).flatMap(problemsOfEntry);
        if (problems.length > 0) throw new DataError(problems.join('\n'));
      }),
    ).flatMap((lines) => lines.split('\n'));
  },
};
