/** Table 1: segmentation. */

import { type Cell, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { ACC, F1, JS, type Metric, MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

/** Networks in the order of the columns. */
function networks(experiment: string): Cell[] {
  return [unet(experiment), spiking('finetuned', experiment, experiments[experiment].steps)];
}

function row(experiment: string, metric: Metric, paper: readonly (number | undefined)[]): Row {
  const { title, steps } = experiments[experiment];
  const entries = networks(experiment).map((cell, i) => ({ cell, metric, paper: paper[i] }));
  return { labels: [title, String(steps), metric.name], entries };
}

export const table1: Table = {
  title: 'Table 1: segmentation',
  columns: ['data set', 'T', 'metric', 'U-Net', 'MT FT'],
  rows: [
    row('drive', F1, [0.806, 0.794]),
    row('drive', JS, [0.675, 0.658]),
    row('drive', ACC, [0.97, 0.97]),
    row('em', F1, [0.948, 0.947]),
    row('em', JS, [0.902, 0.9]),
    row('em', ACC, [0.918, 0.917]),
    row('camseq01', MIOU, [0.62, 0.651]),
  ],
};
