/**
 * Upsampling by 2 as in Spiking-FCN (Kim, Chough, Panda 2022): a transposed convolution 3x3 with stride 2 and
 * no padding, whose output of 2H + 1 rows is then resized to 2H rows (bilinear.ts). The two linear operations
 * are one here. It has no bias: Spiking-FCN adds the result to scores that have one.
 *
 * What an output reads depends on the size of the whole image, so that a part of an image has other values.
 */

import { packConvTranspose, unpackConvTranspose } from '../format/layout.js';
import { resize, resizeBack, resizeProducts, sharesOf } from './bilinear.js';
import { convolutionTaps } from './conv2d.js';
import { type Op, type Size, type Taps, valuesIn } from './op.js';
import { convolve, convolveBack, convolveEvents, correlate } from './taps.js';

const KERNEL = 3;
const STRIDE = 2;

/** Twice as large. */
export function upsample2d({ channelsOut }: { readonly channelsOut: number }): Op {
  const { count, read, reader } = convolutionTaps(KERNEL, STRIDE, 1, 0);
  const taps: Taps = { count, read: reader, reader: read };
  const rawSide = (side: number) => STRIDE * (side - 1) + KERNEL;
  /** Of the transposed convolution alone. */
  const rawSize = ({ height, width }: Size): Size => ({
    height: rawSide(height),
    width: rawSide(width),
    channels: channelsOut,
  });
  const outputSize = ({ height, width }: Size): Size => ({
    height: STRIDE * height,
    width: STRIDE * width,
    channels: channelsOut,
  });
  const resized = (raw: Float32Array, size: Size) => resize(raw, rawSize(size), outputSize(size));
  const rawGradient = (gradOut: Float32Array, size: Size) =>
    resizeBack(gradOut, rawSize(size), outputSize(size));
  return {
    name: `upsample2d ${KERNEL}x${KERNEL} stride ${STRIDE}`,
    kernel: KERNEL,
    hasWeights: true,
    hasBias: false,
    outputSize,
    weightShape: (channelsIn) => [channelsIn, channelsOut, KERNEL, KERNEL],
    pack: packConvTranspose,
    unpack: unpackConvTranspose,
    fanIn: (channelsIn) => (KERNEL ** 2 / STRIDE ** 2) * channelsIn,
    forward: (input, size, weights) => resized(convolve(taps, input, size, rawSize(size), weights), size),
    events: (spikes, size, weights) =>
      resized(convolveEvents(taps, spikes, size, rawSize(size), weights), size),
    backwardInput: (gradOut, size, weights) =>
      convolveBack(taps, rawGradient(gradOut, size), size, rawSize(size), weights),
    backwardWeights: (gradOut, input, size) =>
      correlate(taps, rawGradient(gradOut, size), input, size, rawSize(size)),
    multiplications: (size) =>
      valuesIn(size) * KERNEL ** 2 * channelsOut + resizeProducts(rawSize(size), outputSize(size)),
    /** The outputs that have a share of any of the three rows to which input row i adds. */
    reach(i, extent) {
      const outputs = Array.from({ length: STRIDE * extent }, (_, o) =>
        sharesOf(o, STRIDE * extent, rawSide(extent)),
      );
      const isReached = (position: number) => position >= STRIDE * i && position < STRIDE * i + KERNEL;
      return outputs.filter((shares) => shares.some(({ position }) => isReached(position))).length;
    },
    channelsReached: channelsOut,
  };
}
