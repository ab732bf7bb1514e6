/**
 * Weight normalisation, section 3.3. lambda is the 99.9th percentile of a layer's activations over the training images. All
 * scales are float64; weights are rounded once.
 */

import type { Weights } from '../op/op.js';

/**
 * Layer-wise (Eq. 7): W~ = W lambda^(l-1) / lambda^l, b~ = b / lambda^l, with one lambda for all of the layer's input.
 */
export function layerWise(weights: Weights, lambdaIn: number, lambdaOut: number): Weights {
  const { weight, bias } = weights;
  return {
    weight: weight.map((w) => w * (lambdaIn / lambdaOut)),
    bias: bias.map((b) => b / lambdaOut),
  };
}

/**
 * Connection-wise (Eq. 8): W~_i = W_i lambda_i^(l-1) / lambda^l, where part i of the concatenated input has `channels[i]`
 * channels and its own lambda. Weights are [ky,kx,I,O].
 */
export function connectionWise(
  { weight, bias }: Weights,
  lambdasIn: readonly number[],
  channels: readonly number[],
  lambdaOut: number,
): Weights {
  const O = bias.length;
  const partOf = channels.flatMap((count, i) => new Array<number>(count).fill(i));
  return {
    weight: weight.map((w, at) => {
      const input = Math.floor(at / O) % partOf.length;
      return w * (lambdasIn[partOf[input]] / lambdaOut);
    }),
    bias: bias.map((b) => b / lambdaOut),
  };
}
