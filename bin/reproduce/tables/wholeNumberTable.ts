/** Not in the paper: one-step networks in whole numbers beside those in float32. */

import { type OneStep, oneStep, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Entry, Table } from '../paperTable.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

/** N */
const THRESHOLDS = 7;

type Whole = Required<Pick<OneStep, 'weights'>> & Pick<OneStep, 'rounding'>;

/** Bits of all weights, some with more in the layers that are the most sensitive; and how they round. */
const WHOLE: readonly Whole[] = [
  ...['10', '8,conv17=10,conv18=10', '8', '6'].map((weights) => ({ weights })),
  ...['8', '6', '4,conv1=8,conv17=8,conv18=8', '4'].map((weights) => ({
    weights,
    rounding: 'compensated' as const,
  })),
];

function entry(experiment: string, whole?: Whole): Entry {
  return mainEntry(spiking('converted', experiment, 1, oneStep(THRESHOLDS, whole)));
}

const titleOf = ({ weights, rounding }: Whole) => `${weights} bits${rounding ? `, ${rounding}` : ''}`;

export const integers: Table = {
  title: `Whole numbers: one step, N=${THRESHOLDS} (denoising at sigma ${SIGMA})`,
  columns: ['data set', 'metric', 'U-Net', 'float32', ...WHOLE.map(titleOf)],
  rows: Object.keys(experiments).map((experiment) => ({
    labels: [experiments[experiment].title, mainMetric(experiment).name],
    entries: [
      mainEntry(unet(experiment)),
      entry(experiment),
      ...WHOLE.map((whole) => entry(experiment, whole)),
    ],
  })),
};
