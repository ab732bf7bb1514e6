/**
 * One update of Adam (Kingma and Ba 2015) in the form that PyTorch gives it: no weight decay, no AMSGrad.
 * The scalars of an update are float64; each element goes through float32 operations, one rounding each.
 */

const { fround, sqrt } = Math;

/** Hyper-parameters of one Adam update, PyTorch's names and semantics; `step` counts from 1. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly step: number;
}

/** Updates weight and both moments in place; all four arrays have the same length. */
export function adamStep(
  weight: Float32Array,
  moment1: Float32Array,
  moment2: Float32Array,
  gradient: Float32Array,
  options: AdamOptions,
): void {
  const { keep1, take1, keep2, take2, stepSize, rootCorrection2, epsilon } = adamScalars(options);
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i];
    const m = fround(fround(keep1 * moment1[i]) + fround(take1 * g));
    const v = fround(fround(keep2 * moment2[i]) + fround(take2 * fround(g * g)));
    const denominator = fround(fround(fround(sqrt(v)) / rootCorrection2) + epsilon);
    moment1[i] = m;
    moment2[i] = v;
    weight[i] = weight[i] - fround(stepSize * fround(m / denominator));
  }
}

/** What all elements of an update share, each rounded to float32 once. */
export function adamScalars({ learningRate, beta1, beta2, epsilon, step }: AdamOptions) {
  const correction1 = 1 - integerPower(beta1, step);
  const correction2 = 1 - integerPower(beta2, step);
  return {
    keep1: fround(beta1),
    take1: fround(1 - beta1),
    keep2: fround(beta2),
    take2: fround(1 - beta2),
    stepSize: fround(learningRate / correction1),
    rootCorrection2: fround(sqrt(correction2)),
    epsilon: fround(epsilon),
  };
}

/** base ** exponent by repeated squaring: `**` is not specified to the bit. */
function integerPower(base: number, exponent: number): number {
  let power = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square;
    square *= square;
  }
  return power;
}
