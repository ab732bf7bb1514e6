/**
 * The real-spike neuron (Guo et al., Real Spike, ECCV 2022): integrate-and-fire whose spikes have amplitudes
 * that are learned in training. For inference the amplitudes are folded into the weights that read them
 * (neuron/amplitudes.ts), and spikes are binary again, so the code of the neuron has no amplitudes. Its use
 * in a converted network is our own (docs/neurons.md).
 */

import { commonParameters } from './commonParameters.js';
import { ONE, single } from './integrateAndFire.js';
import type { Neuron } from './neuron.js';
import { atan } from './surrogate.js';

export const realSpike: Neuron = {
  ...single,
  name: 'rs',
  summary: 'real spikes: amplitudes learned per channel, folded into the weights',
  learnsAmplitudes: true,
  derivative: { surrogate: atan, reset: 'detached' },
  parameters: commonParameters({
    ...ONE,
    spikeValues: (origin, thresholds) => (origin === 'converted' ? thresholds : [1]),
    leak: 1,
    resets: ['soft', 'hard'],
    reset: (origin) => (origin === 'converted' ? 'soft' : 'hard'),
  }),
};
