/** The state of neurons before the first step. */

import { type NeuronParameters, potentialOf } from './commonParameters.js';
import type { Neuron } from './neuron.js';

/**
 * Fills `membrane` [k,n] of n neurons with k state values each: potentials with the initial potential
 * (volts), all else with 0.
 */
export function startMembranes(neuron: Neuron, parameters: NeuronParameters, membrane: Float32Array): void {
  const values = neuron.membranes(parameters.thresholds.length);
  const potentials = neuron.potentials ?? values;
  const n = membrane.length / values;
  for (let k = 0; k < values; k++)
    membrane.fill(k < potentials ? potentialOf(parameters, k) : 0, k * n, (k + 1) * n);
}
