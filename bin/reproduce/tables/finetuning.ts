/** Not in the paper: the two ways to fine-tune, from the same one-step conversion, at few steps. */

import { type Cell, oneStep, spiking } from '../cell.js';
import { experiments } from '../experiment.js';
import { F1, type Metric, MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

const BITS = 4;

function row(experiment: string, steps: number, metric: Metric): Row {
  const converted = spiking('converted', experiment, steps, oneStep(BITS));
  const finetuned = spiking('finetuned', experiment, steps, oneStep(BITS));
  const networks: Cell[] = [converted, finetuned, { ...finetuned, method: 'bptt' } as Cell];
  return {
    labels: [`${experiments[experiment].title}, ${metric.name}`, String(steps)],
    entries: networks.map((cell) => ({ cell, metric })),
  };
}

export const finetuning: Table = {
  title: `Fine-tuning a one-step conversion (N=${BITS}): ASF-BP and back-propagation through time`,
  columns: ['data set', 'T', 'converted', 'ASF-BP', 'BPTT'],
  rows: [1, 2, 4].flatMap((steps) => [row('drive', steps, F1), row('camseq01', steps, MIOU)]),
};
