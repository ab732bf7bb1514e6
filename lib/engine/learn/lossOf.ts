/** The loss of a task on the network's output, and its gradient with respect to that output (Eqs. 11, 12). */

import type { Kernels } from '../kernels/contract.js';
import type { Example } from './method.js';

export interface Loss {
  readonly loss: number;
  /** [H,W,K] */
  readonly gradOutput: Float32Array;
}

/** Cross-entropy where the target holds class ids, mean absolute error where it holds a noise map. */
export function lossOf(kernels: Kernels, output: Float32Array, target: Example['target']): Loss {
  const gradOutput = kernels.tensor(output.length);
  if (target instanceof Float32Array) return { loss: kernels.l1Loss(gradOutput, output, target), gradOutput };
  const dims = { pixels: target.length, classes: output.length / target.length };
  return { loss: kernels.softmaxCrossEntropy(gradOutput, output, target, dims), gradOutput };
}
