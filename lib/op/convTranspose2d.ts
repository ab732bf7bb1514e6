/**
 * Transposed convolution: input (y, x) adds to the outputs (stride y + ky - padding, ..), those that it would
 * read in a convolution. So output (y, x) sums the inputs ((y + padding - ky) / stride, ..) where those are
 * whole. It is PyTorch's with output padding stride - 1.
 */

import { packConvTranspose, unpackConvTranspose } from '../format/layout.js';
import { convolutionTaps, square } from './conv2d.js';
import type { Op, Size, Taps } from './op.js';
import { convolve, convolveBack, convolveEvents, correlate, readersOf } from './taps.js';

export interface ConvTransposeOptions {
  readonly channelsOut: number;
  /** Taps along an axis. */
  readonly kernel: number;
  readonly stride: number;
}

/**
 * A transposed convolution with padding (kernel - 1) / 2: its output is `stride` times as large as the input.
 */
export function convTranspose2d({ channelsOut, kernel, stride }: ConvTransposeOptions): Op {
  const padding = (kernel - 1) / 2;
  const { count, read, reader } = convolutionTaps(kernel, stride, 1, padding);
  const taps: Taps = { count, read: reader, reader: read };
  const outputSize = ({ height, width }: Size): Size => ({
    height: stride * height,
    width: stride * width,
    channels: channelsOut,
  });
  return {
    name: `convTranspose2d ${kernel}x${kernel} stride ${stride}`,
    kernel,
    taps,
    hasWeights: true,
    outputSize,
    weightShape: (channelsIn) => [channelsIn, channelsOut, kernel, kernel],
    pack: packConvTranspose,
    unpack: unpackConvTranspose,
    fanIn: (channelsIn) => (kernel ** 2 / stride ** 2) * channelsIn,
    forward: (input, size, weights) => convolve(taps, input, size, outputSize(size), weights),
    events: (spikes, size, weights) => convolveEvents(taps, spikes, size, outputSize(size), weights),
    backwardInput: (gradOut, size, weights) => convolveBack(taps, gradOut, size, outputSize(size), weights),
    backwardWeights: (gradOut, input, size) => correlate(taps, gradOut, input, size, outputSize(size)),
    onnx: {
      type: 'ConvTranspose',
      attributes: {
        ...square(kernel, padding),
        strides: [stride, stride],
        output_padding: [stride - 1, stride - 1],
      },
    },
    multiplications: ({ height, width, channels }) => height * width * kernel ** 2 * channels * channelsOut,
    reach: (i, extent) => readersOf(taps, i, stride * extent),
    channelsReached: channelsOut,
    reads: ({ first, last }) => ({
      first: Math.ceil(taps.read(first, kernel - 1)),
      last: Math.floor(taps.read(last, 0)),
    }),
  };
}
