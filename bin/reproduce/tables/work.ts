/** Not in the paper: the cost of an image in the U-Net and in the one-step network. */

import { oneStep, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { energyMetric, type Metric, MILLISECONDS } from '../metric.js';
import type { Entry, Row, Table } from '../paperTable.js';
import { mainEntry, SIGMA } from './overview.js';

const BITS = 7;

function row(experiment: string): Row {
  const cell = spiking('converted', experiment, 1, oneStep(BITS));
  const entry = (metric: Metric, of: Entry['cell'] = cell): Entry => ({ ...mainEntry(of), metric });
  return {
    labels: [experiments[experiment].title],
    entries: [
      entry(energyMetric('operations', 'unet', 'exact')),
      entry(energyMetric('operations', 'synops')),
      entry(MILLISECONDS, unet(experiment)),
      entry(MILLISECONDS),
    ],
  };
}

export const work: Table = {
  title: `Work an image: the U-Net and one-step N=${BITS} at T=1 (denoising at sigma ${SIGMA}), one thread`,
  columns: [
    'data set',
    'multiplications of the U-Net',
    'additions at synapses, one-step',
    'ms, U-Net',
    'ms, one-step',
  ],
  rows: Object.keys(experiments).map(row),
};
