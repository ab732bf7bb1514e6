/**
 * No neuron: the current itself, where it is positive, is passed on in every step, as a real number and
 * without a spike. After a pooling that is the mean of the spikes that it reads; after a convolution it is
 * the U-Net's ReLU (for experiments in which only some layers spike). It is not in the table of neurons: no
 * chip has it.
 */

import { commonParameters } from './commonParameters.js';
import { neuronParameters } from './index.js';
import type { Neuron } from './neuron.js';
import { straight } from './surrogate.js';

const neuron: Neuron = {
  name: 'exact',
  summary: 'no neuron: hands its current on where it is positive',
  parameters: commonParameters({ thresholds: [], most: 0 }),
  membranes: () => 0,
  half: () => 0,
  learnsAmplitudes: false,
  step(out, spikes, _membrane, current) {
    for (let n = 0; n < current.length; n++) out[n] = current[n] > 0 ? current[n] : 0;
    spikes.fill(0);
  },
  back(gradCurrent, _carried, gradOut, { current }) {
    for (let n = 0; n < current.length; n++) gradCurrent[n] = current[n] > 0 ? gradOut[n] : 0;
  },
  derivative: { surrogate: straight, reset: 'detached' }, // unused: it has no spikes
};

export const exact = { neuron, parameters: neuronParameters(neuron, {}) };
