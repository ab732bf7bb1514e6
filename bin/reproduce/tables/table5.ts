/**
 * Table 5: operations and joules per image, as the paper counts, and with the cost of a spike at each synapse
 * that it reaches.
 */

import { spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { energyMetric, MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

/** The network whose operations and whose U-Net's are counted. */
const cell = spiking('finetuned', 'camseq01', experiments.camseq01.steps);

function row(
  label: string,
  miou: Row['entries'][number],
  model: readonly string[],
  paper?: [number, number],
): Row {
  return {
    labels: [label],
    entries: [
      miou,
      { cell, metric: energyMetric('operations', ...model), paper: paper?.[0] },
      { cell, metric: energyMetric('joules', ...model), paper: paper?.[1] },
    ],
  };
}

export const table5: Table = {
  title: 'Table 5: energy (the paper at width 64 with 32 classes)',
  columns: ['network, and how it is counted', 'mIoU', 'operations', 'J'],
  rows: [
    row(
      'U-Net, as the paper counts',
      { cell: unet('camseq01'), metric: MIOU, paper: 0.62 },
      ['unet', 'paper'],
      [6.55e10, 0.301],
    ),
    row('Spiking-UNet, Eq. 13', { cell, metric: MIOU, paper: 0.651 }, ['paper'], [2.92e8, 6.98e-4]),
    row('U-Net, exactly', undefined, ['unet', 'exact']),
    row('Spiking-UNet, every synapse', undefined, ['synops']),
  ],
};
