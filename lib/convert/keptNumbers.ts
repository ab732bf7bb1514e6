/** What a network in whole numbers keeps while it learns further. */

import { UsageError } from '../core/error.js';
import type { BitWidths } from '../integer/bitWidths.js';
import { divisorName } from '../integer/quantise.js';
import type { Model } from '../model/model.js';
import type { Parameters } from '../net/parameters.js';
import { type Neurons, neurons } from '../neuron/index.js';
import { toSpikingModel } from './spikingModel.js';

/** Bits and divisors D_o [O], by their names NAME.divisor. */
export interface KeptNumbers extends BitWidths {
  readonly divisors: Parameters;
}

/** Those of a network in whole numbers; nothing of one in float32. */
export function keptNumbers(model: Model, source: string, table: Neurons = neurons): KeptNumbers | undefined {
  const { bits, bitsOf, membraneBits, layers, parameters } = toSpikingModel(model, source, table);
  if (bits === undefined) return undefined;
  const names = layers.map(divisorName).filter((name) => parameters.has(name));
  const divisors = new Map(names.map((name) => [name, parameters.get(name)!]));
  return { ...{ bits, bitsOf, membraneBits }, divisors };
}

/** Bits that were asked for, each or not. */
type Asked = { readonly [Key in keyof BitWidths]?: BitWidths[Key] | undefined };

/** Refuses bits that are asked of a network that has its own (UsageError). */
export function requireNoBits({ bits }: KeptNumbers, asked: Asked): void {
  const option = asked.bits !== undefined ? 'bits' : 'membraneBits';
  if (asked[option] === undefined) return;
  throw new UsageError(
    `${option} ${asked[option]}: the network is in whole numbers of ${bits} bits already, which it keeps`,
    option,
  );
}
