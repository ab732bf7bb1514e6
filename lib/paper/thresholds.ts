/**
 * How thresholds should be chosen (Theorem 3.1 and its proof in the appendix): what a multi-threshold neuron
 * leaves in its membrane on average, and the series that leaves least.
 */

/** An interval of potentials for which a neuron fires the same thresholds; it leaves V - from. */
interface Segment {
  readonly from: number;
  readonly to: number;
}

/**
 * The segments of [0, range] in ascending order: `from` is a_i of the proof, the weighted sum of the spikes.
 * The proof counts 2^N of them; there are fewer where a threshold is not above the sum of those below it,
 * because a neuron that passes its thresholds from high to low then never fires some of the combinations.
 */
export function segments(thresholds: readonly number[], range = 1): Segment[] {
  const split = (from: number, to: number, [highest, ...lower]: readonly number[]): Segment[] => {
    if (highest === undefined) return [{ from, to }];
    if (to - from <= highest) return split(from, to, lower);
    return [...split(from, from + highest, lower), ...split(from + highest, to, lower)];
  };
  return split(0, range, thresholds);
}

/**
 * (A.1): the mean of r(V) for V ~ U[0, range]: half the sum of the squared segment lengths, over the range.
 */
export function expectedError(thresholds: readonly number[], range = 1): number {
  const squares = segments(thresholds, range).map(({ from, to }) => (to - from) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / (2 * range);
}

/**
 * (A.2): equal segments are best: V_th,i+1 = V_th,i / 2 down to range / 2^N. For [0, 4] and N = 4: 2, 1, 0.5,
 * 0.25.
 */
export function optimalThresholds(count: number, range = 1): number[] {
  return Array.from({ length: count }, (_, i) => range / 2 ** (i + 1));
}
