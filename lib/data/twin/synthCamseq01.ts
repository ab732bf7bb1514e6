/**
 * The synthetic twin of CamSeq01: 24 training and 8 test street scenes with exact labels of 12 classes, drawn
 * from the seed. It needs no data, and can be written to disk in CamSeq01's layout, X.png beside X_L.png in
 * the colours of label_colors.txt, with splits.json besides.
 */

import { join } from 'node:path';
import { writeFileAtomic } from '../../node/files.js';
import { writePng } from '../../node/pictureFiles.js';
import { makeImage } from '../../picture/image.js';
import { preprocess } from '../../picture/preprocess.js';
import type { Dataset, Split } from '../dataset.js';
import { drawStreet } from './street.js';
import { STREET_CLASSES } from './streetPaint.js';

const [HEIGHT, WIDTH] = [96, 128];
const TRAIN = 24;
const TEST = 8;

export const synthCamseq01: Dataset = {
  name: 'synth-camseq01',
  summary: `drawn street scenes, ${WIDTH}x${HEIGHT}; needs no data`,
  task: 'segment',
  channels: 3,
  classNames: STREET_CLASSES.map(({ name }) => name),
  preprocess: 'plain',
  patch: { size: 64, perEpoch: 500 },
  load({ split, seed, channels = synthCamseq01.channels }) {
    return numbersOf(split).map((number) => {
      const { picture, label } = drawStreet(seed, number, HEIGHT, WIDTH);
      const input = preprocess('plain', picture, channels);
      return { name: nameOf(number), height: HEIGHT, width: WIDTH, channels, input, picture, label };
    });
  },
  write: writeSynthCamseq01,
};

/**
 * Writes the twin: pictures, colour-coded labels, what the colours mean, and which picture is in which split.
 */
export function writeSynthCamseq01(directory: string, seed: number): void {
  for (const number of numbersOf('all')) {
    const { picture, label } = drawStreet(seed, number, HEIGHT, WIDTH);
    writePng(join(directory, `${nameOf(number)}.png`), picture);
    writePng(join(directory, `${nameOf(number)}_L.png`), makeImage(HEIGHT, WIDTH, 3, inColour(label)));
  }
  const lines = STREET_CLASSES.map(({ name, colour }) => `${colour.join(' ')}\t${name}\n`);
  writeFileAtomic(join(directory, 'label_colors.txt'), lines.join(''));
  const splits = { train: numbersOf('train').map(nameOf), test: numbersOf('test').map(nameOf) };
  writeFileAtomic(join(directory, 'splits.json'), `${JSON.stringify(splits, null, 2)}\n`);
}

/** Class ids [H,W] as colours [H,W,3]. */
function inColour(label: Uint8Array): Uint8Array {
  const colours = new Uint8Array(3 * label.length);
  for (let p = 0; p < label.length; p++) colours.set(STREET_CLASSES[label[p]].colour, 3 * p);
  return colours;
}

/** The test split comes last. */
function numbersOf(split: Split): number[] {
  const all = Array.from({ length: TRAIN + TEST }, (_, number) => number);
  return split === 'all' ? all : split === 'train' ? all.slice(0, TRAIN) : all.slice(TRAIN);
}

function nameOf(number: number): string {
  return `street_${String(number).padStart(2, '0')}`;
}
