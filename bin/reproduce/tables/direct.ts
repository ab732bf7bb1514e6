/** Not in the paper: direct training with and without batch normalisation. */

import { direct } from '../cell.js';
import { experiments } from '../experiment.js';
import { F1, type Metric, PSNR } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

const NORMALISATIONS = ['none', 'tdbn', 'bn', 'bntt'] as const;

function row(experiment: string, neuron: string, metric: Metric, sigma?: number): Row {
  const { title, steps } = experiments[experiment];
  return {
    labels: [`${title}, ${metric.name}`, neuron.toUpperCase()],
    entries: NORMALISATIONS.map((normalisation) => ({
      cell: direct(experiment, neuron, normalisation, steps),
      metric,
      ...(sigma !== undefined && { sigma }),
    })),
  };
}

export const directTable: Table = {
  title: "Direct training, by what normalises the currents (the paper's T; denoising at sigma 25)",
  columns: ['data set', 'neuron', ...NORMALISATIONS],
  rows: ['ml', 'rs', 'mt'].flatMap((neuron) => [row('drive', neuron, F1), row('bsd-grey', neuron, PSNR, 25)]),
};
