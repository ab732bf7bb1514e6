/**
 * How a neuron describes its parameters: a summary, a unit, the allowed values and the default of each.
 * Options, their help, the keys of model files, their checks, and a table in docs/neurons.md are made from
 * it. A neuron with a parameter of its own adds an entry to its schema; nothing else changes.
 */

import { UsageError } from '../core/error.js';

/** Where the weights come from: the conversion of a U-Net, or training with the neurons in place. */
export type Origin = 'converted' | 'direct';

/** How a value is written: a number, a list of numbers separated by commas, or one of some words. */
export type Kind = 'number' | 'numbers' | 'word';

export interface Parameter<Value = unknown> {
  readonly kind: Kind;
  /** One sentence without its full stop, for help texts and docs. */
  readonly summary: string;
  /** `V`: volts of the normalised network, where 1 is the activation lambda; empty: none. */
  readonly unit: string;
  /** The allowed values, in words. */
  readonly range: string;
  /** The default, given the thresholds. */
  usual(origin: Origin, thresholds: readonly number[]): Value;
  /** What is wrong with a value, for a neuron of this name; undefined: nothing. */
  wrong(value: unknown, thresholds: readonly number[], neuron: string): string | undefined;
}

/** The parameters of a neuron, by their names in programs and files. */
export type Schema<Values> = { readonly [Name in keyof Values]: Parameter<Values[Name]> };

/** UsageError for the first value that is not allowed; it begins with the parameter's name and the value. */
export function checkValues<Values extends { readonly thresholds: readonly number[] }>(
  neuron: string,
  schema: Schema<Values>,
  values: Values,
): void {
  for (const name of namesOf(schema)) {
    const what = schema[name].wrong(values[name], values.thresholds, neuron);
    if (what !== undefined) throw valueError(name, values[name], what);
  }
}

/** The error of a value, such as "leak 2: expected 0 to 1"; its `about` is the name. */
export function valueError(name: string, value: unknown, what: string): UsageError {
  return new UsageError(`${name} ${Array.isArray(value) ? value.join(',') : value}: ${what}`, name);
}

/** The names of a schema, in its order. */
export function namesOf<Values>(schema: Schema<Values>): readonly (string & keyof Values)[] {
  return Object.keys(schema) as (string & keyof Values)[];
}

export type About = Pick<Parameter, 'summary'> & { readonly unit?: string };

/** A number from `least` to `most`, both allowed; if they are equal, there is no choice. */
export function numberFrom(
  least: number,
  most: number,
  usual: number | ((origin: Origin) => number),
  { summary, unit = '' }: About,
): Parameter<number> {
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return {
    ...{ kind: 'number', summary, unit, range },
    usual: (origin) => (typeof usual === 'number' ? usual : usual(origin)),
    wrong(value, _thresholds, neuron) {
      if (typeof value === 'number' && value >= least && value <= most) return undefined;
      return least === most ? `neuron ${neuron} has ${range} only` : `expected ${range}`;
    },
  };
}

/** One of some words; with a single word there is no choice. */
export function oneWord<Word extends string>(
  words: readonly Word[],
  usual: (origin: Origin) => Word,
  { summary, unit = '' }: About,
): Parameter<Word> {
  const range = words.join(' or ');
  const allowed: readonly unknown[] = words;
  return {
    ...{ kind: 'word', summary, unit, range, usual },
    wrong: (value, _thresholds, neuron) =>
      allowed.includes(value) ? undefined : `neuron ${neuron} has ${range} only`,
  };
}

/** What is wrong with a list that should hold positive float32 numbers; undefined: nothing. */
export function notPositive(values: unknown): string | undefined {
  const good = (value: unknown) =>
    typeof value === 'number' && Number.isFinite(Math.fround(value)) && Math.fround(value) > 0;
  if (Array.isArray(values) && values.every(good)) return undefined;
  return 'expected positive numbers (in float32), separated by commas';
}
