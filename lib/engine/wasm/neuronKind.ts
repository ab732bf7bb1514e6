/** What all neurons of a layer share, as the kernels read it (assembly/neuronKernels.ts). */

import type { Dynamics } from '../../neuron/neuron.js';
import type { SteppedNeuron } from '../kernels/stepContract.js';
import { CASCADE, INTEGRATE, LEVELS, SINGLE } from './constants.js';
import type { Arguments } from './machine.js';
import { wordsOf } from './words.js';

const DYNAMICS: Readonly<Record<Dynamics, number>> = {
  integrate: INTEGRATE,
  single: SINGLE,
  cascade: CASCADE,
  levels: LEVELS,
};

/** A spike code is a byte. */
const MOST_THRESHOLDS = 8;

/** Whether there are kernels for neurons with these dynamics and thresholds. */
export function knowsNeurons(
  dynamics: Dynamics | undefined,
  thresholds: readonly number[],
): dynamics is Dynamics {
  return dynamics !== undefined && thresholds.length <= MOST_THRESHOLDS;
}

/** The fields of the struct; `floats` places values in memory, a level of the membrane has `levelBytes`. */
export function neuronKind(
  floats: Arguments['floats'],
  { dynamics, leak, reset, thresholds, spikeValues }: SteppedNeuron,
  levelBytes: number,
): number[] {
  return wordsOf('NeuronKind', {
    dynamics: DYNAMICS[dynamics],
    leak: floats([leak]),
    hardReset: reset === 'hard' ? 1 : 0,
    thresholds: floats(thresholds),
    thresholdCount: thresholds.length,
    spikeValues: floats(spikeValues),
    levelBytes,
  });
}
