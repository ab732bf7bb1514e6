/**
 * Weight normalisation, section 3.3. lambda is the 99.9th percentile of a layer's activations over the
 * training images. All scales are float64; weights are rounded once.
 */

import type { Weights } from '../op/op.js';

/**
 * What Eqs. 7 and 8 share: W~ = W lambda_in / lambda_out and b~ = b / lambda_out, with a lambda for each
 * channel of the input [I] and of the output [O], or one for all of them. Weights are [ky,kx,I,O].
 */
export function rescale(
  { weight, bias }: Weights,
  lambdaIn: ArrayLike<number>,
  lambdaOut: ArrayLike<number>,
): Weights {
  const O = bias.length;
  return {
    weight: weight.map((w, at) => {
      const input = Math.floor(at / O) % lambdaIn.length;
      return w * (lambdaIn[input] / lambdaOut[(at % O) % lambdaOut.length]);
    }),
    bias: bias.map((b, o) => b / lambdaOut[o % lambdaOut.length]),
  };
}

/** Layer-wise (Eq. 7): one lambda^(l-1) for all of the layer's input, lambda^l for its output. */
export function layerWise(weights: Weights, lambdaIn: number, lambdaOut: number): Weights {
  return rescale(weights, [lambdaIn], [lambdaOut]);
}

/**
 * Connection-wise (Eq. 8): part i of the concatenated input has `channels[i]` channels and lambda_i^(l-1).
 */
export function connectionWise(
  weights: Weights,
  lambdasIn: readonly number[],
  channels: readonly number[],
  lambdaOut: number,
): Weights {
  return rescale(weights, overChannels(lambdasIn, channels), [lambdaOut]);
}

/** lambda of each channel of a concatenation, from that of each part. */
export function overChannels(lambdas: readonly number[], channels: readonly number[]): number[] {
  return channels.flatMap((count, i) => new Array<number>(count).fill(lambdas[i]));
}
