/** How weights and biases become whole numbers, once their divisors are known (quantise.ts). */

import type { Layer } from '../net/architecture.js';
import type { Weights } from '../op/op.js';

/** What is to be rounded of a layer, in the units of its membranes. */
export interface ExactNumbers {
  /** W' D_o [ky,kx,I,O] */
  readonly weight: Float64Array;
  /** b' D_o [O] */
  readonly bias: Float64Array;
  /** What a whole weight may be at most, of either sign. */
  readonly mostWeight: number;
  /** What a whole bias may be at most, of either sign. */
  readonly mostBias: number;
}

/** Makes whole numbers of them, within their limits. */
export type Rounding = (layer: Layer, exact: ExactNumbers) => Weights;

/** Each on its own, as Math.round does. */
export const toNearest: Rounding = (_layer, { weight, bias }) => ({
  weight: new Float32Array(weight.map(Math.round)),
  bias: new Float32Array(bias.map(Math.round)),
});
