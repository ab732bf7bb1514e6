/**
 * Table 1: segmentation. DT: trained directly, with the batch normalisation of the neuron's authors (the
 * paper says nothing of any); FT: converted connection-wise and fine-tuned with ASF-BP.
 */

import { experiments } from '../experiment.js';
import { ACC, F1, JS, type Metric, MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';
import { fcn, METHOD_COLUMNS, methods, type PaperFigures } from './methods.js';

/** `paper`: its U-Net, its Spiking-FCN, and DT and FT of ML, RS, MT. */
function row(experiment: string, metric: Metric, [unet, ofFcn, ...others]: PaperFigures): Row {
  const { title, steps } = experiments[experiment];
  const [first, ...rest] = methods(experiment).map((cell, i) => ({
    cell,
    metric,
    paper: [unet, ...others][i],
  }));
  const entries = [first, { cell: fcn(experiment), metric, paper: ofFcn }, ...rest];
  return { labels: [title, String(steps), metric.name], entries };
}

export const table1: Table = {
  title: 'Table 1: segmentation',
  columns: ['data set', 'T', 'metric', 'U-Net', 'Spiking-FCN', ...METHOD_COLUMNS],
  rows: [
    row('drive', F1, [0.806, 0.71, 0.048, 0.74, 0.303, 0.771, 0.754, 0.794]),
    row('drive', JS, [0.675, 0.55, 0.024, 0.587, 0.179, 0.628, 0.605, 0.658]),
    row('drive', ACC, [0.97, 0.96, 0.921, 0.96, 0.668, 0.967, 0.965, 0.97]),
    row('em', F1, [0.948, undefined, 0.895, 0.914, 0.887, 0.942, 0.897, 0.947]),
    row('em', JS, [0.902, undefined, 0.811, 0.842, 0.798, 0.89, 0.813, 0.9]),
    row('em', ACC, [0.918, undefined, 0.823, 0.865, 0.81, 0.909, 0.828, 0.917]),
    row('camseq01', MIOU, [0.62, 0.313, 0.032, 0.165, undefined, 0.208, 0.081, 0.651]),
  ],
};
