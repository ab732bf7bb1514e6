/**
 * The options of `convert` and `train --direct` that set parameters of neurons: one for each parameter of the
 * neurons in the table, with its summary and defaults. Thresholds and initial potential have richer options
 * (thresholdOption.ts, --v-init).
 */

import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../lib/core/error.js';
import type { Neurons } from '../../lib/neuron/index.js';
import type { Neuron } from '../../lib/neuron/neuron.js';
import { type Kind, namesOf, type Origin, type Parameter } from '../../lib/neuron/parameter.js';
import { flagOf } from './optionNames.js';
import { number, numberList } from './parse.js';

const ELSEWHERE: readonly string[] = ['thresholds', 'initialPotential'];

/** What a value is called in a help text, and how it is read. */
const kinds: Readonly<Record<Kind, { readonly shown: string; readonly parse: (text: string) => unknown }>> = {
  number: { shown: '<number>', parse: number },
  numbers: { shown: '<list>', parse: numberList },
  word: { shown: '<word>', parse: word },
};

function word(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a word');
  return text;
}

/** Adds the options of all parameters in a table, with their defaults in networks of an origin. */
export function addNeuronOptions(command: Command, table: Neurons, origin: Origin = 'converted'): void {
  for (const name of optionNames(table)) {
    const owners = ownersOf(name, table);
    const { kind, summary, unit } = parameterOf(owners[0], name);
    const volts = unit === 'V' ? ', in volts' : '';
    const { shown, parse } = kinds[kind];
    command.option(
      `${flagOf(name)} ${shown}`,
      `${summary}${volts} (default: ${defaultsOf(name, owners, origin)})`,
      parse,
    );
  }
}

/** The parameters of a neuron that the options set, by name; UsageError for those that it does not have. */
export function givenParameters(
  options: Readonly<Record<string, unknown>>,
  neuron: Neuron,
  table: Neurons,
): Readonly<Record<string, unknown>> {
  const given = optionNames(table).filter((name) => options[name] !== undefined);
  const foreign = given.find((name) => !Object.hasOwn(neuron.parameters, name));
  if (foreign !== undefined) {
    const owners = ownersOf(foreign, table).map((owner) => owner.name);
    throw new UsageError(
      `${flagOf(foreign)}: neuron ${neuron.name} has none, ${owners.join(', ')} has: leave it out`,
    );
  }
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/** Refuses any parameter of neurons, for networks without neurons (UsageError). */
export function refuseParameters(
  options: Readonly<Record<string, unknown>>,
  table: Neurons,
  why: string,
): void {
  const given = optionNames(table).find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`${flagOf(given)}: ${why}`);
}

function optionNames(table: Neurons): readonly string[] {
  const all = Object.values(table).flatMap(({ parameters }) => namesOf(parameters));
  return [...new Set<string>(all)].filter((name) => !ELSEWHERE.includes(name));
}

function ownersOf(name: string, table: Neurons): Neuron[] {
  return Object.values(table).filter(({ parameters }) => Object.hasOwn(parameters, name));
}

function parameterOf({ parameters }: Neuron, name: string): Parameter {
  return (parameters as Readonly<Record<string, Parameter>>)[name];
}

/** The default of most neurons, then those of the others. */
function defaultsOf(name: string, owners: readonly Neuron[], origin: Origin): string {
  const texts = owners.map((neuron) => usualText(neuron, name, origin));
  const times = (text: string) => texts.filter((other) => other === text).length;
  const common = texts.reduce((best, text) => (times(text) > times(best) ? text : best));
  const others = owners.filter((_, i) => texts[i] !== common);
  return [common, ...others.map((neuron) => `${neuron.name}: ${usualText(neuron, name, origin)}`)].join('; ');
}

/** The default of a parameter as text. */
export function usualText(neuron: Neuron, name: string, origin: Origin): string {
  const thresholds = neuron.parameters.thresholds.defaults;
  const value = parameterOf(neuron, name).usual(origin, thresholds);
  if (value === thresholds && name !== 'thresholds') return 'as thresholds';
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => (typeof item === 'number' ? Number(item.toPrecision(3)) : item)).join(', ');
}
