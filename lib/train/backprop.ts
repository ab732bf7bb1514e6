/** Loss and gradients of the U-Net on one example, and of any network on a batch. */

import type { Kernels } from '../kernel/contract.js';
import { OUTPUT } from '../unet/architecture.js';
import { backward, unetTrace } from '../unet/backward.js';
import { forward, type Network, signalOf } from '../unet/forward.js';
import type { Parameters } from '../unet/parameters.js';
import type { Example } from './example.js';
import { lossOf } from './loss.js';

export interface LossGradient {
  readonly loss: number;
  readonly gradients: Parameters;
}

/** Conventional back-propagation (section 3.1). */
export function unetGradient(kernels: Kernels, network: Network, example: Example): LossGradient {
  const { height, width } = example;
  const signals = forward(kernels, network, example.input, height, width);
  const { loss, gradOutput } = lossOf(kernels, signalOf(signals, OUTPUT), example);
  const trace = unetTrace(network, signals, height, width);
  return { loss, gradients: backward(kernels, network, trace, gradOutput) };
}

/**
 * The mean over a batch: ((g1 + g2) + g3 + ..) / B, each sample's gradient summed on its own first, so that the
 * result does not depend on who computes which sample.
 */
export function batchGradient(
  examples: readonly Example[],
  gradient: (e: Example) => LossGradient,
): LossGradient {
  const [first, ...rest] = examples.map(gradient);
  let { loss } = first;
  for (const part of rest) {
    loss += part.loss;
    for (const [name, sum] of first.gradients) addInto(sum, part.gradients.get(name)!);
  }
  for (const sum of first.gradients.values()) divideBy(sum, examples.length);
  return { loss: loss / examples.length, gradients: first.gradients };
}

function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += part[i];
}

function divideBy(sum: Float32Array, count: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] /= count;
}
