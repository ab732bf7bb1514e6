/** Convolution: out[y,x] sums the input at (stride y + dilation ky - padding, ..), zeros beyond the edges. */

import { packConv, unpackConv } from '../format/layout.js';
import type { OnnxAttributes } from '../format/onnx.js';
import type { Op, Size, Taps } from './op.js';
import { convolve, convolveBack, convolveEvents, correlate, readersOf } from './taps.js';

export interface ConvOptions {
  readonly channelsOut: number;
  /** Taps along an axis. */
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
}

/** ONNX's attributes of a square kernel. */
export function square(kernel: number, padding: number): OnnxAttributes {
  return { kernel_shape: [kernel, kernel], pads: [padding, padding, padding, padding] };
}

/** Tap k of output o reads input stride o + dilation k - padding. */
export function convolutionTaps(count: number, stride: number, dilation: number, padding: number): Taps {
  return {
    count,
    read: (o, k) => stride * o + dilation * k - padding,
    reader: (i, k) => (i + padding - dilation * k) / stride,
  };
}

/** A convolution whose padding keeps the size at stride 1: dilation (kernel - 1) / 2 on each side. */
export function conv2d({ channelsOut, kernel, stride = 1, dilation = 1 }: ConvOptions): Op {
  const padding = (dilation * (kernel - 1)) / 2;
  const taps = convolutionTaps(kernel, stride, dilation, padding);
  const geometry = [
    ...(stride > 1 ? [`stride ${stride}`] : []),
    ...(dilation > 1 ? [`dilation ${dilation}`] : []),
  ];
  const outputSize = ({ height, width }: Size): Size => ({
    height: Math.ceil(height / stride),
    width: Math.ceil(width / stride),
    channels: channelsOut,
  });
  return {
    name: ['conv2d', `${kernel}x${kernel}`, ...geometry].join(' '),
    kernel,
    taps,
    hasWeights: true,
    outputSize,
    weightShape: (channelsIn) => [channelsOut, channelsIn, kernel, kernel],
    pack: packConv,
    unpack: unpackConv,
    fanIn: (channelsIn) => kernel ** 2 * channelsIn,
    forward: (input, size, weights) => convolve(taps, input, size, outputSize(size), weights),
    events: (spikes, size, weights) => convolveEvents(taps, spikes, size, outputSize(size), weights),
    backwardInput: (gradOut, size, weights) => convolveBack(taps, gradOut, size, outputSize(size), weights),
    backwardWeights: (gradOut, input, size) => correlate(taps, gradOut, input, size, outputSize(size)),
    onnx: {
      type: 'Conv',
      attributes: { ...square(kernel, padding), strides: [stride, stride], dilations: [dilation, dilation] },
    },
    multiplications(size) {
      const { height, width } = outputSize(size);
      return height * width * kernel ** 2 * size.channels * channelsOut;
    },
    reach: (i, extent) => readersOf(taps, i, Math.ceil(extent / stride)),
    channelsReached: channelsOut,
    reads: ({ first, last }) => ({ first: taps.read(first, 0), last: taps.read(last, kernel - 1) }),
  };
}
