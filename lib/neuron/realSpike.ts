/**
 * The real-spike neuron (Guo et al., Real Spike, ECCV 2022): integrate-and-fire whose spikes have learned amplitudes
 * while the network is trained. For inference the amplitudes are folded into the weights that read them
 * (neuron/amplitudes.ts), and spikes are binary again: here a neuron never sees them. What it does in a converted
 * network, and leak and reset of a directly trained one, are ours (docs/neurons.md).
 */

import { single } from './integrateAndFire.js';
import { lossless, type Neuron } from './neuron.js';

export const realSpike: Neuron = {
  ...single,
  name: 'rs',
  summary: 'real spikes: amplitudes learned per channel, folded into the weights',
  leaky: true,
  resets: ['soft', 'hard'],
  learnsAmplitudes: true,
  defaults: (origin, thresholds) =>
    origin === 'converted' ? lossless(origin, thresholds) : { spikeValues: [1], leak: 0.25, reset: 'hard' },
};
