/**
 * Whole weights of a layer whose currents are as near as possible to those that it should have.
 *
 * An output channel reads y (inputMoments.ts) and should get the current z. Its weights and its bias are v =
 * q / D, near their exact numbers w, and miss that by
 *
 *     sum (v . y - z)^2 + d |v - w|^2  =  (v - w*)^T H (v - w*) + what no v can change
 *
 * with H = sum y y^T + d and H w* = sum z y + d w: w* are the best exact weights. The second term, d a
 * hundredth of the mean of H's diagonal, is for what the y say nothing of. With H = L L^T, L lower
 * triangular, and e = q - w* D, what is left is
 *
 *     sum_j (L_jj e_j + sum_{i>j} L_ij e_i)^2 / D^2
 *
 * From the last row to the first, q_j = round(w*_j D - sum_{i>j} L_ij e_i / L_jj) leaves of each term at most
 * (L_jj / 2)^2: the nearest plane of Babai (1986), which is what GPTQ does with the weights of language
 * models (Frantar et al., 2023). A larger D is finer, but the largest weights do not fit and are cut: of some
 * D the one that leaves least is taken.
 */

import { type InputMoments, rowStart } from './inputMoments.js';
import type { ExactNumbers, WholeNumbers } from './rounding.js';

const { abs, floor, max, min, round, sqrt } = Math;

/** d as part of the mean of H's diagonal. */
const DAMPING = 0.01;
/** The divisors that are tried, as multiples of the largest with which all weights fit. */
const FINER = [1, 1.1, 1.2, 1.35, 1.5, 1.7];

export function nearestPlane(moments: InputMoments, exact: ExactNumbers): WholeNumbers {
  const [K, O] = [moments.size - 1, exact.bias.length];
  const order = orderOf(moments);
  const damping = dampingOf(moments);
  const L = choleskyFactor(inOrder(moments, order, damping));
  const best = bestWeights(L, order, moments, exact, damping);
  const whole = {
    weight: new Float32Array(K * O),
    bias: new Float32Array(O),
    divisor: new Float32Array(O),
  };
  for (let o = 0; o < O; o++) {
    const target = Float64Array.from({ length: K + 1 }, (_, j) => best[j * O + o]);
    const { numbers, divisor } = leastError(L, target, exact);
    for (let j = 1; j <= K; j++) whole.weight[order[j] * O + o] = numbers[j];
    whole.bias[o] = numbers[0];
    whole.divisor[o] = divisor;
  }
  return whole;
}

/**
 * What stands in each row. The last row is rounded first: the weight that reads most, which nothing has
 * pulled yet; the bias comes last, since it can take back whatever is left of the mean.
 */
function orderOf({ size, reads }: InputMoments): Int32Array {
  const K = size - 1;
  const energy = (k: number) => reads[rowStart(k) + k];
  const weights = Int32Array.from({ length: K }, (_, k) => k).sort((a, b) => energy(a) - energy(b) || a - b);
  return Int32Array.of(K, ...weights);
}

function dampingOf({ size, reads }: InputMoments): number {
  let trace = 0;
  for (let k = 0; k < size; k++) trace += reads[rowStart(k) + k];
  return (DAMPING * trace) / size || 1;
}

/** H with its rows and columns in that order. */
function inOrder({ size, reads }: InputMoments, order: Int32Array, damping: number): Float64Array {
  const H = new Float64Array(reads.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++)
      H[rowStart(i) + j] = reads[rowStart(max(order[i], order[j])) + min(order[i], order[j])];
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

/** w* [K+1,O] in that order: L L^T w* = sum y z^T + d w. */
function bestWeights(
  L: Float64Array,
  order: Int32Array,
  { size, wanted }: InputMoments,
  { weight, bias }: ExactNumbers,
  damping: number,
): Float64Array {
  const O = bias.length;
  const w = Float64Array.from({ length: size * O }, (_, n) => {
    const [k, o] = [order[floor(n / O)], n % O];
    return wanted[k * O + o] + damping * (k < size - 1 ? weight[k * O + o] : bias[o]);
  });
  const subtract = (row: number, other: number, part: number) => {
    for (let o = 0; o < O; o++) w[row * O + o] -= part * w[other * O + o];
  };
  const divide = (row: number, by: number) => {
    for (let o = 0; o < O; o++) w[row * O + o] /= by;
  };
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, L[rowStart(i) + k]);
    divide(i, L[rowStart(i) + i]);
  }
  for (let i = size - 1; i >= 0; i--) {
    divide(i, L[rowStart(i) + i]);
    for (let k = 0; k < i; k++) subtract(k, i, L[rowStart(i) + k]);
  }
  return w;
}

/** What a channel is rounded to. */
interface Rounded {
  readonly divisor: number;
  /** The bias and the weights, in the order of L. */
  readonly numbers: Float64Array;
  /** What is left, divided by D^2. */
  readonly error: number;
}

/** The numbers with the divisor that leaves least. */
function leastError(L: Float64Array, target: Float64Array, exact: ExactNumbers): Rounded {
  const largest = target.subarray(1).reduce((most, weight) => max(most, abs(weight)), 0);
  const most = min(exact.mostDivisor, exact.mostBias / abs(target[0]));
  const tried = FINER.map((factor) => max(1, floor(min((factor * exact.mostWeight) / largest, most))));
  return [...new Set(tried)]
    .map((divisor) => planeByPlane(L, target, divisor, exact))
    .reduce((best, other) => (other.error < best.error ? other : best));
}

/** Rounds target D, each number with what is left of the errors of those before it. */
function planeByPlane(
  L: Float64Array,
  target: Float64Array,
  divisor: number,
  { mostWeight, mostBias }: ExactNumbers,
): Rounded {
  const numbers = new Float64Array(target.length);
  const pull = new Float64Array(target.length); // sum_{i>j} L_ij e_i
  let error = 0;
  for (let j = target.length - 1; j >= 0; j--) {
    const row = rowStart(j);
    const [diagonal, most] = [L[row + j], j > 0 ? mostWeight : mostBias];
    const whole = min(most, max(-most, round(target[j] * divisor - pull[j] / diagonal)));
    const own = whole - target[j] * divisor;
    error += (diagonal * own + pull[j]) ** 2;
    numbers[j] = whole;
    for (let i = 0; i < j; i++) pull[i] += L[row + i] * own;
  }
  return { divisor, numbers, error: error / divisor ** 2 };
}
