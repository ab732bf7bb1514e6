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

/** Bits that were asked for, each or not. */
type Asked = { readonly [Key in keyof BitWidths]?: BitWidths[Key] | undefined };

/**
 * What a network learns with: of one in whole numbers its own bits and divisors, of one in float32 the bits
 * that were asked for. UsageError for bits that are asked of a network that has its own.
 */
export function numbersToLearn<A extends Asked>(
  model: Model,
  source: string,
  asked: A,
  table: Neurons = neurons,
): KeptNumbers | A {
  if (model.notes.bits === undefined) return asked;
  const { bits, bitsOf, membraneBits, layers, parameters } = toSpikingModel(model, source, table);
  requireNoBits(bits!, asked);
  const names = layers.map(divisorName).filter((name) => parameters.has(name));
  const divisors = new Map(names.map((name) => [name, parameters.get(name)!]));
  return { ...{ bits: bits!, bitsOf, membraneBits }, divisors };
}

function requireNoBits(own: number, asked: Asked): void {
  const option = asked.bits !== undefined ? 'bits' : 'membraneBits';
  if (asked[option] === undefined) return;
  throw new UsageError(
    `${option} ${asked[option]}: the network is in whole numbers of ${own} bits already, which it keeps`,
    option,
  );
}
