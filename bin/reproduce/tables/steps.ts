/** Not in the paper: how few steps are enough, with membranes that start at 0 or at half of the smallest threshold. */

import { PAPER, spiking } from '../cell.js';
import { experiments } from '../experiment.js';
import type { Row, Table } from '../table.js';
import { mainEntry, mainMetric, SIGMA } from './overview.js';

const STEPS = [1, 2, 4, 10, 20];

function rows(experiment: string): Row[] {
  const ways = [
    ['converted', false],
    ['converted', true],
    ['finetuned', false],
    ['finetuned', true],
  ] as const;
  return ways.map(([kind, half]) => ({
    labels: [experiments[experiment].title, mainMetric(experiment).name, kind, half ? 'half' : '0'],
    entries: STEPS.map((steps) => mainEntry(spiking(kind, experiment, steps, PAPER, half))),
  }));
}

export const steps: Table = {
  title: `Few steps (connection-wise, denoising at sigma ${SIGMA})`,
  columns: ['data set', 'metric', 'network', 'V at the start', ...STEPS.map((T) => `T=${T}`)],
  rows: Object.keys(experiments).flatMap(rows),
};
