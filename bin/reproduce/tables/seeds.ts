/** Not in the paper: how much it matters which images a one-step conversion is measured on. */

import { oneStep, spiking } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Row, Table } from '../paperTable.js';
import { BITS } from './oneStep.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

const SEEDS = [1, 2, 3];
const IMAGES = 10;

function row(experiment: string, bits: number): Row {
  const entries = SEEDS.map((seed) =>
    mainEntry(spiking('converted', experiment, 1, oneStep(bits, { draw: { images: IMAGES, seed } }))),
  );
  return {
    labels: [`${experiments[experiment].title}, ${mainMetric(experiment).name}`, String(bits)],
    entries: [...entries, { summary: 'mean', of: entries }, { summary: 'spread', of: entries }],
  };
}

export const seeds: Table = {
  title: `One-step at T=1, measured on ${IMAGES} training images, three draws (denoising at sigma ${SIGMA})`,
  columns: ['data set', 'N', ...SEEDS.map((seed) => `seed ${seed}`), 'mean', 'max - min'],
  rows: Object.keys(experiments).flatMap((name) => BITS.map((bits) => row(name, bits))),
};
