/** What neurons hold before the first step. */

import type { Neuron, NeuronParameters } from './neuron.js';

/**
 * Fills `membrane` [k,n] of n neurons with k state values each: potentials start at the initial potential
 * (volts), all else at 0.
 */
export function startMembranes(neuron: Neuron, parameters: NeuronParameters, membrane: Float32Array): void {
  const values = neuron.membranes(parameters.thresholds.length);
  const potentials = neuron.potentials ?? values;
  membrane.fill(parameters.initialPotential).fill(0, (membrane.length / values) * potentials);
}
