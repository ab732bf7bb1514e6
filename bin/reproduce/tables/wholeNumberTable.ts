/** Not in the paper: one-step networks in whole numbers beside those in float32. */

import { type OneStep, oneStep, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Entry, Table } from '../paperTable.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

/** N */
const THRESHOLDS = 7;

interface Whole extends Required<Pick<OneStep, 'weights'>>, Pick<OneStep, 'rounding'> {
  readonly kind: 'converted' | 'finetuned';
}

/** With more bits in the layers that are the most sensitive. */
const FOUR_AND_EIGHT = '4,conv1=8,conv17=8,conv18=8';

/** Bits of weights, how they round, and whether the network learns further in whole numbers. */
const WHOLE: readonly Whole[] = [
  ...['10', '8,conv17=10,conv18=10', '8', '6'].map((weights): Whole => ({ kind: 'converted', weights })),
  ...['8', '6', FOUR_AND_EIGHT, '4'].map((weights) => compensated('converted', weights)),
  ...[FOUR_AND_EIGHT, '4'].map((weights) => compensated('finetuned', weights)),
];

function compensated(kind: Whole['kind'], weights: string): Whole {
  return { kind, weights, rounding: 'compensated' };
}

function entry(experiment: string, { kind, ...whole }: Partial<Whole> = {}): Entry {
  return mainEntry(spiking(kind ?? 'converted', experiment, 1, oneStep(THRESHOLDS, whole)));
}

function titleOf({ kind, weights, rounding }: Whole): string {
  const how = [rounding, kind === 'finetuned' && 'fine-tuned'].filter(Boolean);
  return [`${weights} bits`, ...how].join(', ');
}

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
