/** What neurons hold before the first step. */

import { type Neuron, type NeuronParameters, potentialOf } from './neuron.js';

/** Fills `membrane` [k,n] of n neurons with k potentials each, in volts. */
export function startMembranes(neuron: Neuron, parameters: NeuronParameters, membrane: Float32Array): void {
  const count = neuron.membranes(parameters.thresholds.length);
  const n = membrane.length / count;
  for (let k = 0; k < count; k++) membrane.fill(potentialOf(parameters, k), k * n, (k + 1) * n);
}
