/**
 * Not in the paper: how few steps are enough. Membranes start at 0 or at half of the smallest
 * threshold; thresholds are those of the paper's experiments, or those of its Theorem 3.1.
 */

import { PAPER, spiking, THEOREM } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Row, Table } from '../paperTable.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

const STEPS = [1, 2, 4, 10, 20];
/** Above this T other thresholds gain nothing more. */
const FEW = 4;

function row(experiment: string, kind: 'converted' | 'finetuned', half: boolean, conversion = PAPER): Row {
  const thresholds = conversion === PAPER ? '2 .. 0.25' : '0.5 .. 0.0625';
  const most = conversion === PAPER ? Number.POSITIVE_INFINITY : FEW;
  return {
    labels: [
      experiments[experiment].title,
      mainMetric(experiment).name,
      kind,
      thresholds,
      half ? 'half' : '0',
    ],
    entries: STEPS.map((steps) =>
      steps > most ? undefined : mainEntry(spiking(kind, experiment, steps, conversion, half)),
    ),
  };
}

function rows(experiment: string): Row[] {
  return [
    row(experiment, 'converted', false),
    row(experiment, 'converted', true),
    row(experiment, 'finetuned', false),
    row(experiment, 'finetuned', true),
    row(experiment, 'converted', true, THEOREM),
    row(experiment, 'finetuned', true, THEOREM),
  ];
}

export const steps: Table = {
  title: `Few steps (connection-wise, denoising at sigma ${SIGMA})`,
  columns: ['data set', 'metric', 'network', 'thresholds', 'V at the start', ...STEPS.map((T) => `T=${T}`)],
  rows: Object.keys(experiments).flatMap(rows),
};
