/** How weights and biases become whole numbers: rules that quantise.ts applies layer by layer. */

import type { Layer } from '../net/architecture.js';
import type { Weights } from '../op/op.js';

/** What is to be rounded of a layer, and the limits of what it is rounded to. */
export interface ExactNumbers {
  /** W' [ky,kx,I,O] */
  readonly weight: Float64Array;
  /** b' [O] */
  readonly bias: Float64Array;
  /** The largest divisors D_o [O] with which all of them fit; DataError where none is large enough. */
  readonly divisor: () => Float32Array;
  /** What a whole weight may be at most, of either sign. */
  readonly mostWeight: number;
  /** What a whole bias may be at most, of either sign. */
  readonly mostBias: number;
  /** What a divisor may be at most. */
  readonly mostDivisor: number;
}

export interface WholeNumbers extends Weights {
  /** D_o [O]: they are W' D_o and b' D_o, about. */
  readonly divisor: Float32Array;
}

/** Makes whole numbers of them, within their limits. It is given the layers in their order, each once. */
export type Rounding = (layer: Layer, exact: ExactNumbers) => WholeNumbers;

/** Each on its own, as Math.round does. */
export const toNearest: Rounding = (_layer, { weight, bias, divisor: largest }) => {
  const divisor = largest();
  return {
    weight: Float32Array.from(weight, (value, k) => Math.round(value * divisor[k % divisor.length])),
    bias: Float32Array.from(bias, (value, o) => Math.round(value * divisor[o])),
    divisor,
  };
};
