/** Sums and quotients of whole tensors, for gradients of a batch and sums over time steps. */

/** sum += part, element by element. */
export function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += part[i];
}

/** values /= divisor, element by element. */
export function divideBy(values: Float32Array, divisor: number): void {
  for (let i = 0; i < values.length; i++) values[i] /= divisor;
}
