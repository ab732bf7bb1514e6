/**
 * The synthetic twin of DRIVE: 20 training and 10 test fundus images with exact labels, drawn from the seed. It
 * needs no data, and can be written to disk in DRIVE's layout (as PNG files).
 */

import { join } from 'node:path';
import { makeFolder } from '../../tensor/files.js';
import { writePng } from '../encode.js';
import type { Image } from '../image.js';
import { preprocess } from '../preprocess.js';
import { drawFundus } from '../synthetic/fundus.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { drive } from './drive.js';

const SIZE = 192;

/** First number and count of each part, as in DRIVE: test images come first. */
const PARTS = {
  test: { folder: 'test', first: 1, count: 10 },
  train: { folder: 'training', first: 21, count: 20 },
} as const;

export const synthDrive: Dataset = {
  name: 'synth-drive',
  summary: 'drawn retinal vessels, 192x192; needs no data',
  task: 'segment',
  channels: 1,
  classNames: drive.classNames,
  preprocess: 'drive',
  patch: { size: 48, perEpoch: 2000 },
  load: ({ split, seed, channels }) =>
    numbersOf(split).map(({ number, folder }) =>
      drawSample(seed, number, `${folder}/${number}`, channels ?? 1),
    ),
};

/** One sample of the twin: image `number` of a seed. */
export function drawSample(seed: number, number: number, name: string, channels: 1 | 3, size = SIZE): Sample {
  const { picture, label, fov } = drawFundus(seed, number, size);
  const input = preprocess('drive', picture, channels);
  return { name, height: size, width: size, channels, input, picture, label, fov };
}

/** Writes the twin in the layout that `drive` reads. */
export function writeSynthDrive(directory: string, seed: number): void {
  for (const { number, folder } of numbersOf('all')) {
    const { picture, label, fov } = drawFundus(seed, number, SIZE);
    const write = (part: string, file: string, image: Image) => {
      makeFolder(join(directory, folder, part));
      writePng(join(directory, folder, part, file), image);
    };
    write('images', `${number}_${folder}.png`, picture);
    write('1st_manual', `${number}_manual1.png`, blackAndWhite(label));
    write('mask', `${number}_${folder}_mask.png`, blackAndWhite(fov));
  }
}

function numbersOf(split: Split): { number: number; folder: string }[] {
  const parts = split === 'all' ? [PARTS.train, PARTS.test] : [PARTS[split]];
  return parts.flatMap(({ folder, first, count }) =>
    Array.from({ length: count }, (_, i) => ({ number: first + i, folder })),
  );
}

function blackAndWhite(mask: Uint8Array): Image {
  return { height: SIZE, width: SIZE, channels: 1, data: mask.map((value) => 255 * value) };
}
