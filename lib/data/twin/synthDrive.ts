/**
 * The synthetic twin of DRIVE: 20 training and 10 test fundus images with exact labels, drawn
 * from the seed. It needs no data, and can be written to disk in DRIVE's layout (as PNG files).
 */

import { join } from 'node:path';
import { writePng } from '../../node/pictureFiles.js';
import { type Image, makeImage } from '../../picture/image.js';
import { preprocess } from '../../picture/preprocess.js';
import type { Sample } from '../../picture/sample.js';
import type { Dataset, Split } from '../dataset.js';
import { drive } from '../drive.js';
import { drawFundus } from './fundus.js';

const SIZE = 192;

/** Folder, first number and count of each part, as in DRIVE. */
const PARTS = {
  test: { folder: 'test', first: 1, count: 10 },
  train: { folder: 'training', first: 21, count: 20 },
} as const;

export const synthDrive: Dataset = {
  name: 'synth-drive',
  summary: `drawn retinal vessels, ${SIZE}x${SIZE}; needs no data`,
  task: 'segment',
  channels: 1,
  classNames: drive.classNames,
  preprocess: 'drive',
  patch: { size: 48, perEpoch: 2000 },
  load({ split, seed, channels }) {
    return drawingsOf(split).map(({ number, folder, digits }) =>
      drawSample(seed, number, `${folder}/${digits}`, channels ?? synthDrive.channels),
    );
  },
  write: writeSynthDrive,
};

/** One sample of the twin: image `number` of a seed. */
export function drawSample(seed: number, number: number, name: string, channels: 1 | 3, size = SIZE): Sample {
  const { picture, label, fov } = drawFundus(seed, number, size);
  const input = preprocess('drive', picture, channels);
  return { name, height: size, width: size, channels, input, picture, label, fov };
}

/** Writes the twin in the layout that `drive` reads; what it loads is then what synthDrive loads. */
export function writeSynthDrive(directory: string, seed: number): void {
  for (const { number, folder, digits } of drawingsOf('all')) {
    const { picture, label, fov } = drawFundus(seed, number, SIZE);
    const write = (part: string, file: string, image: Image) =>
      writePng(join(directory, folder, part, file), image);
    write('images', `${digits}_${folder}.png`, picture);
    write('1st_manual', `${digits}_manual1.png`, blackAndWhite(label));
    write('mask', `${digits}_${folder}_mask.png`, blackAndWhite(fov));
  }
}

/** What to draw for a split, and what its files are called: two digits, as in DRIVE. */
function drawingsOf(split: Split): { number: number; folder: string; digits: string }[] {
  const parts = split === 'all' ? [PARTS.train, PARTS.test] : [PARTS[split]];
  return parts.flatMap(({ folder, first, count }) =>
    Array.from({ length: count }, (_, i) => {
      const number = first + i;
      return { number, folder, digits: String(number).padStart(2, '0') };
    }),
  );
}

function blackAndWhite(mask: Uint8Array): Image {
  return makeImage(
    SIZE,
    SIZE,
    1,
    mask.map((value) => 255 * value),
  );
}
