/** Table 4: the number and the values of thresholds. One threshold means the IF neuron, as the text says. */

import { findNeuron } from '../../../lib/neuron/index.js';
import { spiking } from '../cell.js';
import { experiments } from '../experiment.js';
import { MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

function row(thresholds: readonly number[], paper: number): Row {
  const { steps } = experiments.camseq01;
  const neuron = thresholds.length === 1 ? 'if' : 'mt';
  // The neuron's usual thresholds are left out, so that the cell is the one of Table 3.
  const usual = thresholds.join() === findNeuron(neuron).parameters.thresholds.defaults.join();
  const conversion = { norm: 'connection', neuron, ...(usual ? {} : { thresholds }) } as const;
  return {
    labels: [String(thresholds.length), thresholds.join(', ')],
    entries: [
      { cell: spiking('converted', 'camseq01', steps, conversion), metric: MIOU },
      { cell: spiking('finetuned', 'camseq01', steps, conversion), metric: MIOU, paper },
    ],
  };
}

export const table4: Table = {
  title: 'Table 4: thresholds (connection-wise, T=20)',
  columns: ['number', 'thresholds', 'mIoU converted', 'mIoU fine-tuned'],
  rows: [
    row([2], 0.214),
    row([1], 0.199),
    row([0.5], 0.306),
    row([1, 0.5], 0.325),
    row([2, 1], 0.363),
    row([2, 1, 0.5], 0.412),
    row([2, 1, 0.5, 0.25], 0.651),
    row([2, 1, 0.5, 0.25, 0.125], 0.651),
  ],
};
