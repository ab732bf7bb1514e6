/**
 * The synthetic twin of BSDS300: 40 training and 12 test pictures with the statistics of photographs, drawn
 * in colour from the seed and read as grey unless three channels are asked for. It needs no data, and can be
 * written to disk in the layout of BSDS300, images/train and images/test.
 */

import { join } from 'node:path';
import { writePng } from '../../node/pictureFiles.js';
import { preprocess } from '../../picture/preprocess.js';
import type { Dataset, Split } from '../dataset.js';
import { drawTexture } from './textures.js';

const [HEIGHT, WIDTH] = [96, 144];

/** First number and count of each part. */
const PARTS = { train: { first: 0, count: 40 }, test: { first: 40, count: 12 } } as const;

export const synthBsd: Dataset = {
  name: 'synth-bsd',
  summary: `drawn natural textures, ${WIDTH}x${HEIGHT}; needs no data`,
  task: 'denoise',
  channels: 1,
  classNames: [],
  preprocess: 'plain',
  patch: { size: 48, perEpoch: 1600 },
  load({ split, seed, channels = synthBsd.channels }) {
    return drawingsOf(split).map(({ number, name }) => {
      const picture = drawTexture(seed, number, HEIGHT, WIDTH);
      const input = preprocess('plain', picture, channels);
      return { name, height: HEIGHT, width: WIDTH, channels, input, picture };
    });
  },
  write: writeSynthBsd,
};

/** Writes the twin, in colour, below images/train and images/test. */
export function writeSynthBsd(directory: string, seed: number): void {
  for (const { number, name } of drawingsOf('all')) {
    writePng(join(directory, 'images', `${name}.png`), drawTexture(seed, number, HEIGHT, WIDTH));
  }
}

/** What to draw for a split, and its name below images/. */
function drawingsOf(split: Split): { number: number; name: string }[] {
  const parts = split === 'all' ? (['train', 'test'] as const) : [split];
  return parts.flatMap((part) =>
    Array.from({ length: PARTS[part].count }, (_, i) => {
      const number = PARTS[part].first + i;
      return { number, name: `${part}/${String(number).padStart(2, '0')}` };
    }),
  );
}
