/**
 * One update of Adam (Kingma and Ba 2015) in the form that PyTorch gives it: no weight decay, no AMSGrad.
 * The scalars of an update are float64; each element goes through float32 operations, one rounding each.
 */

import type { AdamOptions } from '../contract.js';

const { fround, sqrt } = Math;

/** Updates weight and both moments in place; all four arrays have the same length. */
export function adamStep(
  weight: Float32Array,
  moment1: Float32Array,
  moment2: Float32Array,
  gradient: Float32Array,
  options: AdamOptions,
): void {
  const { learningRate, beta1, beta2, step } = options;
  const correction1 = 1 - integerPower(beta1, step);
  const correction2 = 1 - integerPower(beta2, step);
  const stepSize = fround(learningRate / correction1);
  const rootCorrection2 = fround(sqrt(correction2));
  const epsilon = fround(options.epsilon);
  const [keep1, take1] = [fround(beta1), fround(1 - beta1)];
  const [keep2, take2] = [fround(beta2), fround(1 - beta2)];
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
