/** The table of neurons: one line each. */

import { UsageError } from '../../tensor/error.js';
import { integrateAndFire, integrateAndFireHard } from './integrateAndFire.js';
import { multiThreshold } from './multiThreshold.js';
import type { Neuron, NeuronParameters } from './neuron.js';

export const neurons: Readonly<Record<string, Neuron>> = {
  mt: multiThreshold,
  if: integrateAndFire,
  'if-hard': integrateAndFireHard,
};

/** A neuron by name; UsageError for a name that is not in the table. */
export function findNeuron(name: string): Neuron {
  const neuron = Object.hasOwn(neurons, name) ? neurons[name] : undefined;
  if (!neuron) throw new UsageError(`--neuron ${name}: expected one of ${Object.keys(neurons).join(', ')}`);
  return neuron;
}

/** Refuses thresholds and initial potentials that make no sense for a neuron (UsageError). */
export function checkNeuronParameters(
  name: string,
  { thresholds, initialPotential }: NeuronParameters,
): void {
  const { mostThresholds } = findNeuron(name);
  const shown = `--thresholds ${thresholds.join(',')}`;
  if (thresholds.length < 1 || thresholds.length > mostThresholds) {
    const expected = mostThresholds === 1 ? 'exactly 1' : `1 to ${mostThresholds}`;
    throw new UsageError(`${shown}: got ${thresholds.length} values, neuron ${name} takes ${expected}`);
  }
  const inFloat32 = thresholds.map(Math.fround);
  if (!inFloat32.every((threshold) => Number.isFinite(threshold) && threshold > 0)) {
    throw new UsageError(`${shown}: expected positive numbers (in float32), separated by commas`);
  }
  if (inFloat32.some((threshold, i) => i > 0 && threshold >= inFloat32[i - 1])) {
    throw new UsageError(`${shown}: expected each threshold to be lower than the one before it`);
  }
  if (!Number.isFinite(initialPotential)) {
    throw new UsageError(`--v-init ${initialPotential}: expected a number of volts or "half"`);
  }
}
