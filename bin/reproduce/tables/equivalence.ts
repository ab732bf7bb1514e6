/**
 * Not in the paper: a one-step network, the U-Net with N-bit activations that it equals, and an
 * integrate-and-fire network with as many levels: a single neuron of it is equal, the network is not.
 */

import { type Cell, oneStep, spiking } from '../cell.js';
import { comparedMetric, F1, SPIKES } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

const BITS = 4;
/** T in which IF neurons reach as many levels. */
const STEPS = 2 ** BITS - 1;

const conversion = oneStep(BITS);
const oneStepCell = spiking('converted', 'drive', 1, conversion);
const quantised: Cell = { experiment: 'drive', kind: 'quantised', conversion };
/** A spike is worth 2^-N lambda in the mean over T: V_th / T = 2^-N. */
const integrateAndFire = spiking(
  'converted',
  'drive',
  STEPS,
  { norm: 'channel', neuron: 'if', thresholds: [STEPS / 2 ** BITS] },
  true,
);

function row(label: string, steps: number | undefined, cell: Cell): Row {
  const isUnet = cell.kind === 'quantised';
  return {
    labels: [label, steps === undefined ? '' : String(steps)],
    entries: [
      { cell, metric: F1 },
      isUnet ? undefined : { cell, metric: SPIKES },
      isUnet ? { cell, metric: comparedMetric('different') } : undefined,
      isUnet ? { cell, metric: comparedMetric('values') } : undefined,
    ],
  };
}

export const equivalence: Table = {
  title: `What a one-step network is (DRIVE, N=${BITS})`,
  columns: ['network', 'T', 'F1', 'million spikes an image', 'outputs that differ', 'of'],
  rows: [
    row('one-step', 1, oneStepCell),
    row(`U-Net, ${BITS}-bit activations`, undefined, quantised),
    row('IF, the same lambdas and levels', STEPS, integrateAndFire),
  ],
};
