/**
 * The synthetic twin of ISBI-2012: 20 training and 5 test micrographs of neural tissue with exact labels,
 * drawn from the seed. It needs no data, and can be written to disk as images/NN.png and labels/NN.png (0
 * membrane, 255 cell).
 */

import { join } from 'node:path';
import { writePng } from '../../node/pictureFiles.js';
import { makeImage } from '../../picture/image.js';
import { preprocess } from '../../picture/preprocess.js';
import type { Dataset, Split } from '../dataset.js';
import { drawMembranes } from './membranes.js';

const SIZE = 192;
const TRAIN = 20;
const TEST = 5;

export const synthEm: Dataset = {
  name: 'synth-em',
  summary: `drawn neural membranes, ${SIZE}x${SIZE}; needs no data`,
  task: 'segment',
  channels: 1,
  classNames: ['membrane', 'cell'],
  preprocess: 'plain',
  patch: { size: 64, perEpoch: 1000 },
  load({ split, seed, channels = synthEm.channels }) {
    return numbersOf(split).map((number) => {
      const { picture, label } = drawMembranes(seed, number, SIZE);
      const input = preprocess('plain', picture, channels);
      return { name: nameOf(number), height: SIZE, width: SIZE, channels, input, picture, label };
    });
  },
  write: writeSynthEm,
};

/** Writes the twin as two folders; the last five in the order of the names are the test split. */
export function writeSynthEm(directory: string, seed: number): void {
  for (const number of numbersOf('all')) {
    const { picture, label } = drawMembranes(seed, number, SIZE);
    const levels = label.map((id) => 255 * id);
    writePng(join(directory, 'images', `${nameOf(number)}.png`), picture);
    writePng(join(directory, 'labels', `${nameOf(number)}.png`), makeImage(SIZE, SIZE, 1, levels));
  }
}

/** The test split comes last. */
function numbersOf(split: Split): number[] {
  const all = Array.from({ length: TRAIN + TEST }, (_, number) => number);
  return split === 'all' ? all : split === 'train' ? all.slice(0, TRAIN) : all.slice(TRAIN);
}

function nameOf(number: number): string {
  return String(number).padStart(2, '0');
}
