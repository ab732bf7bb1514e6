/** Not in the paper: one-step networks in whole numbers beside those in float32. */

import { oneStep, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Entry, Table } from '../paperTable.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

/** N */
const THRESHOLDS = 7;
/** Bits of all weights; then with more in the two layers that are the most sensitive. */
const WEIGHTS = ['10', '8,conv17=10,conv18=10', '8', '6'];

function entry(experiment: string, weights?: string): Entry {
  return mainEntry(spiking('converted', experiment, 1, oneStep(THRESHOLDS, undefined, weights)));
}

export const integers: Table = {
  title: `Whole numbers: one step, N=${THRESHOLDS} (denoising at sigma ${SIGMA})`,
  columns: ['data set', 'metric', 'U-Net', 'float32', ...WEIGHTS.map((bits) => `${bits} bits`)],
  rows: Object.keys(experiments).map((experiment) => ({
    labels: [experiments[experiment].title, mainMetric(experiment).name],
    entries: [
      mainEntry(unet(experiment)),
      entry(experiment),
      ...WEIGHTS.map((weights) => entry(experiment, weights)),
    ],
  })),
};
