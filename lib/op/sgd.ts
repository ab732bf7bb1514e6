/**
 * One update of stochastic gradient descent with momentum, and weight decay, in the form that PyTorch gives
 * them: no dampening, no Nesterov. Float32 operations, one rounding each.
 */

const { fround } = Math;

/** Hyper-parameters of one update, PyTorch's names and semantics; a momentum of 0 leaves plain descent. */
export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
}

/** Updates weight and momentumBuffer, 0 at first, in place; all three arrays have the same length. */
export function sgdStep(
  weight: Float32Array,
  momentumBuffer: Float32Array,
  gradient: Float32Array,
  options: SgdOptions,
): void {
  const { learningRate, momentum } = sgdScalars(options);
  for (let i = 0; i < weight.length; i++) {
    const moved = fround(fround(momentum * momentumBuffer[i]) + gradient[i]);
    momentumBuffer[i] = moved;
    weight[i] = weight[i] - fround(learningRate * moved);
  }
}

/** What all elements of an update share, each rounded to float32 once. */
export function sgdScalars({ learningRate, momentum }: SgdOptions) {
  return { learningRate: fround(learningRate), momentum: fround(momentum) };
}

/**
 * Adds `decay` times the weight to its gradient: PyTorch's weight decay, of any optimiser, before its update.
 */
export function addWeightDecay(gradient: Float32Array, weight: Float32Array, decay: number): void {
  const factor = fround(decay);
  for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i] + fround(factor * weight[i]);
}
