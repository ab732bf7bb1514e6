/** The table of neurons: one line each; and the parameters of a neuron, in the table or not. */

import type { NeuronParameters } from './commonParameters.js';
import { integrateAndFire, integrateAndFireHard } from './integrateAndFire.js';
import { leakyIntegrateAndFire } from './leakyIntegrateAndFire.js';
import { multiLevel } from './multiLevel.js';
import { multiThreshold } from './multiThreshold.js';
import type { Neuron } from './neuron.js';
import { checkValues, namesOf, type Origin, valueError } from './parameter.js';
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

/** Neurons by the names that options and files use. Callers with a neuron of their own pass another table. */
export type Neurons = Readonly<Record<string, Neuron>>;

export const neurons: Neurons = Object.fromEntries(known.map((neuron) => [neuron.name, neuron]));

/** A neuron by name; UsageError for a name that is not in the table. */
export function findNeuron(name: string, table: Neurons = neurons): Neuron {
  const neuron = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!neuron) throw valueError('neuron', name, `expected one of ${Object.keys(table).join(', ')}`);
  return neuron;
}

/** Some of a neuron's parameters; what is left out or undefined is as the neuron has it. */
export type Given<Values> = { readonly [Name in keyof Values]?: Values[Name] | undefined };

/**
 * The parameters of a neuron: the given ones, and its defaults for the rest. Names that it does not have are
 * ignored.
 */
export function neuronParameters<Values extends NeuronParameters>(
  { parameters: schema }: Neuron<Values>,
  given: Given<Values>,
  origin: Origin = 'converted',
): Values {
  const thresholds = given.thresholds ?? schema.thresholds.defaults;
  const values = namesOf<Values>(schema).map((name) => [
    name,
    given[name] === undefined ? schema[name].usual(origin, thresholds) : given[name],
  ]);
  return Object.fromEntries(values);
}

/** Refuses parameters that make no sense for a neuron (UsageError). */
export function checkNeuronParameters<Values extends NeuronParameters>(
  neuron: Neuron<Values>,
  parameters: Values,
): void {
  checkValues<Values>(neuron.name, neuron.parameters, parameters);
  neuron.check?.(parameters);
}
