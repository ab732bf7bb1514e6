/**
 * Rounding that makes up for its own errors: what a weight is rounded too far up, the weights that are not
 * rounded yet take back, as far as they read the same things.
 *
 * The errors e = q - W'D of the weights and the bias of one output channel make its current wrong by e . x,
 * where x is what they read, with 1 for the bias. Over many x the squared error is e^T H e with H = sum x
 * x^T. With H = L L^T, L lower triangular, that is
 *
 *     sum_j (L_jj e_j + sum_{i>j} L_ij e_i)^2
 *
 * So from the last row to the first, q_j = round(W'D_j - sum_{i>j} L_ij e_i / L_jj) leaves of each term at
 * most (L_jj / 2)^2: the nearest plane of Babai (1986), which is what GPTQ does with the weights of language
 * models (Frantar et al., 2023). Rounding each to the nearest ignores the sums.
 */

import type { Weights } from '../op/op.js';
import { type ExactNumbers, type Rounding, toNearest } from './rounding.js';
import { rowStart, type SecondMoments } from './secondMoments.js';

const { max, min, round, sqrt } = Math;

/** Part of the mean of H's diagonal that is added to it, for what the x of the measurement say nothing of. */
const DAMPING = 0.01;

/** Rounding by what each layer reads, by its name; a layer that is not there is rounded to the nearest. */
export function compensated(moments: ReadonlyMap<string, SecondMoments>): Rounding {
  return (layer, exact) => {
    const own = moments.get(layer.name);
    return own ? nearestPlane(own, exact) : toNearest(layer, exact);
  };
}

/** The whole weights and biases of a layer that reads x with these moments. */
function nearestPlane(moments: SecondMoments, exact: ExactNumbers): Weights {
  const K = moments.size - 1;
  const { mostWeight, mostBias } = exact;
  const O = exact.bias.length;
  const order = orderOf(moments);
  const L = choleskyFactor(inOrder(moments, order));
  const [weight, bias] = [new Float32Array(K * O), new Float32Array(O)];
  const pull = new Float64Array(K + 1);
  for (let o = 0; o < O; o++) {
    pull.fill(0); // sum_{i>j} L_ij e_i
    for (let j = K; j >= 0; j--) {
      const [k, row] = [order[j], rowStart(j)];
      const [own, most] = k < K ? [exact.weight[k * O + o], mostWeight] : [exact.bias[o], mostBias];
      const whole = min(most, max(-most, round(own - pull[j] / L[row + j])));
      if (k < K) weight[k * O + o] = whole;
      else bias[o] = whole;
      const error = whole - own;
      for (let i = 0; i < j; i++) pull[i] += L[row + i] * error;
    }
  }
  return { weight, bias };
}

/**
 * What stands in each row. The last row is rounded first: the weight that reads most, which nothing has
 * pulled yet; the bias comes last, since it can take back whatever is left of the mean.
 */
function orderOf({ size, sums }: SecondMoments): Int32Array {
  const K = size - 1;
  const energy = (k: number) => sums[rowStart(k) + k];
  const weights = Int32Array.from({ length: K }, (_, k) => k).sort((a, b) => energy(a) - energy(b) || a - b);
  return Int32Array.of(K, ...weights);
}

/** H with its rows and columns in that order, and damped. */
function inOrder({ size, sums }: SecondMoments, order: Int32Array): Float64Array {
  const H = new Float64Array(sums.length);
  let trace = 0;
  for (let k = 0; k < size; k++) trace += sums[rowStart(k) + k];
  const damping = (DAMPING * trace) / size || 1;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++)
      H[rowStart(i) + j] = sums[rowStart(max(order[i], order[j])) + min(order[i], order[j])];
    H[rowStart(i) + i] += damping;
  }
  return H;
}

/** L of H = L L^T, in its place, row by row. */
function choleskyFactor(H: Float64Array): Float64Array {
  for (let i = 0, row = 0; row < H.length; i++, row += i) {
    for (let j = 0, other = 0; j <= i; j++, other += j) {
      let left = H[row + j];
      for (let k = 0; k < j; k++) left -= H[row + k] * H[other + k];
      H[row + j] = j < i ? left / H[other + j] : sqrt(left);
    }
  }
  return H;
}
