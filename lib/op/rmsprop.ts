/**
 * One update of RMSprop (Hinton's lecture 6e) in the form that PyTorch gives it: not centred, no weight
 * decay, epsilon outside the root, momentum optional (0 switches it off). Float32 operations, one rounding
 * each.
 */

const { fround, sqrt } = Math;

/** Hyper-parameters of one RMSprop update, PyTorch's names and semantics. */
export interface RmspropOptions {
  readonly learningRate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/** Updates weight, squareAverage and momentumBuffer in place; all four arrays have the same length. */
export function rmspropStep(
  weight: Float32Array,
  squareAverage: Float32Array,
  momentumBuffer: Float32Array,
  gradient: Float32Array,
  options: RmspropOptions,
): void {
  const { keep, take, learningRate, momentum, epsilon } = rmspropScalars(options);
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i];
    const v = fround(fround(keep * squareAverage[i]) + fround(take * fround(g * g)));
    const scaled = fround(g / fround(fround(sqrt(v)) + epsilon));
    const moved = fround(fround(momentum * momentumBuffer[i]) + scaled);
    squareAverage[i] = v;
    momentumBuffer[i] = moved;
    weight[i] = weight[i] - fround(learningRate * moved);
  }
}

/** What all elements of an update share, each rounded to float32 once. */
export function rmspropScalars({ learningRate, alpha, epsilon, momentum }: RmspropOptions) {
  return {
    keep: fround(alpha),
    take: fround(1 - alpha),
    learningRate: fround(learningRate),
    momentum: fround(momentum),
    epsilon: fround(epsilon),
  };
}
