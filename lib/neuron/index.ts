/** The table of neurons: one line each. */

import { UsageError } from '../core/error.js';
import { integrateAndFire, integrateAndFireHard } from './integrateAndFire.js';
import { leakyIntegrateAndFire } from './leakyIntegrateAndFire.js';
import { multiLevel } from './multiLevel.js';
import { multiThreshold } from './multiThreshold.js';
import type { Neuron, NeuronParameters, Origin } from './neuron.js';
import { realSpike } from './realSpike.js';
import { signed } from './signed.js';

const known: readonly Neuron[] = [
  multiThreshold,
  integrateAndFire,
  integrateAndFireHard,
  leakyIntegrateAndFire,
  multiLevel,
  realSpike,
  signed,
];

/** The neurons that options and files can name, by their names. */
export const neurons: Readonly<Record<string, Neuron>> = Object.fromEntries(
  known.map((neuron) => [neuron.name, neuron]),
);

/** A neuron by name; UsageError for a name that is not in the table. */
export function findNeuron(name: string): Neuron {
  const neuron = Object.hasOwn(neurons, name) ? neurons[name] : undefined;
  if (!neuron) throw new UsageError(`--neuron ${name}: expected one of ${Object.keys(neurons).join(', ')}`);
  return neuron;
}

/** Parameters of a neuron: what is given, and the neuron's own for the rest. */
export function neuronParameters(
  neuron: Neuron,
  given: { readonly [Key in keyof NeuronParameters]?: NeuronParameters[Key] | undefined },
  origin: Origin = 'converted',
): NeuronParameters {
  const thresholds = given.thresholds ?? neuron.defaultThresholds;
  const defaults = neuron.defaults(origin, thresholds);
  return {
    thresholds,
    spikeValues: given.spikeValues ?? defaults.spikeValues,
    leak: given.leak ?? defaults.leak,
    reset: given.reset ?? defaults.reset,
    initialPotential: given.initialPotential ?? 0,
  };
}

/** Refuses parameters that make no sense for a neuron (UsageError). */
export function checkNeuronParameters(neuron: Neuron, parameters: NeuronParameters): void {
  const { thresholds, spikeValues, leak, reset, initialPotential } = parameters;
  const { name, mostThresholds, leaky, resets } = neuron;
  const shown = `--thresholds ${thresholds.join(',')}`;
  if (thresholds.length < 1 || thresholds.length > mostThresholds) {
    const expected = mostThresholds === 1 ? 'exactly 1' : `1 to ${mostThresholds}`;
    throw new UsageError(`${shown}: got ${thresholds.length} values, neuron ${name} takes ${expected}`);
  }
  requirePositive(shown, thresholds);
  const inFloat32 = thresholds.map(Math.fround);
  if (inFloat32.some((threshold, i) => i > 0 && threshold >= inFloat32[i - 1])) {
    throw new UsageError(`${shown}: expected each threshold to be lower than the one before it`);
  }
  const values = `--spike-values ${spikeValues.join(',')}`;
  if (spikeValues.length !== thresholds.length) {
    throw new UsageError(`${values}: got ${spikeValues.length} values for ${thresholds.length} thresholds`);
  }
  requirePositive(values, spikeValues);
  if (!(leak >= 0 && leak <= 1)) throw new UsageError(`--leak ${leak}: expected 0 to 1`);
  if (leak !== 1 && !leaky) throw new UsageError(`--leak ${leak}: neuron ${name} has none, lif has`);
  if (!resets.includes(reset)) {
    throw new UsageError(`--reset ${reset}: neuron ${name} has a ${resets.join(' or ')} one`);
  }
  const starts = typeof initialPotential === 'number' ? [initialPotential] : initialPotential;
  if (!starts.every(Number.isFinite)) {
    throw new UsageError(`--v-init ${initialPotential}: expected a number of volts or "half"`);
  }
  neuron.check?.(parameters);
}

function requirePositive(shown: string, volts: readonly number[]): void {
  if (volts.map(Math.fround).every((value) => Number.isFinite(value) && value > 0)) return;
  throw new UsageError(`${shown}: expected positive numbers (in float32), separated by commas`);
}
