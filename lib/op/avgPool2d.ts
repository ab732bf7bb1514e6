/**
 * Average pooling: each output is the mean of a window of one channel, ((v1 + v2) + v3 + ..) / kernel^2, row
 * by row. It has no weights. Zeros of the padding count in the mean, so that the divisor is the same at the
 * edges (PyTorch's default, `count_include_pad`).
 */

import { convolutionTaps } from './conv2d.js';
import { type Op, type Size, valuesIn } from './op.js';
import { addScaled, withoutMinusZero } from './rowSums.js';
import { forEachPair, readersOf } from './taps.js';

export interface AvgPoolOptions {
  /** Side of the window, in pixels. */
  readonly kernel: number;
  /** Left out: the kernel, so that windows do not overlap. */
  readonly stride?: number;
  /** Rows and columns of zeros around the input; default: 0. */
  readonly padding?: number;
}

/** Average pooling of inputs whose sides the windows cover. */
export function avgPool2d({ kernel, stride = kernel, padding = 0 }: AvgPoolOptions): Op {
  const taps = convolutionTaps(kernel, stride, 1, padding);
  const area = kernel ** 2;
  const outputSide = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  const outputSize = ({ height, width, channels }: Size): Size => {
    const output = { height: outputSide(height), width: outputSide(width), channels };
    const isCovered = (side: number, outputs: number) => taps.read(outputs - 1, kernel - 1) >= side - 1;
    if (!isCovered(height, output.height) || !isCovered(width, output.width))
      throw new Error(`${name}: got ${height}x${width}, expected multiples of ${stride}`);
    return output;
  };
  const geometry = [
    ...(stride === kernel ? [] : [`stride ${stride}`]),
    ...(padding > 0 ? [`padding ${padding}`] : []),
  ];
  const name = ['avgPool2d', `${kernel}x${kernel}`, ...geometry].join(' ');
  const forward = (input: Float32Array, size: Size): Float32Array => {
    const [output, C] = [outputSize(size), size.channels];
    const sums = new Float32Array(valuesIn(output));
    forEachPair(taps, size, output, (_tap, o, i) => addScaled(sums, o * C, 1, input, i * C, C));
    return withoutMinusZero(sums.map((sum) => sum / area));
  };
  return {
    name,
    kernel,
    taps,
    hasWeights: false,
    outputSize,
    weightShape: () => [],
    pack: (weight) => weight,
    unpack: (packed) => packed,
    fanIn: () => area,
    forward,
    events: forward, // one addition a value is less than a list of events
    /** The sum over the windows that read a value, in the order of the taps; each gradient divided first. */
    backwardInput(gradOut, size) {
      const C = size.channels;
      const shares = gradOut.map((gradient) => gradient / area);
      const gradInput = new Float32Array(valuesIn(size)).fill(-0); // what -0 is added to keeps its sign
      forEachPair(taps, size, outputSize(size), (_tap, o, i) =>
        addScaled(gradInput, i * C, 1, shares, o * C, C),
      );
      return gradInput;
    },
    backwardWeights: () => ({ weight: new Float32Array(), bias: new Float32Array() }),
    onnx: {
      type: 'AveragePool',
      attributes: {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        ...(padding > 0 && { pads: Array(4).fill(padding), count_include_pad: 1 }),
      },
    },
    multiplications: () => 0,
    reach: (i, extent) => readersOf(taps, i, outputSide(extent)),
    channelsReached: 1,
    reads: ({ first, last }) => ({ first: taps.read(first, 0), last: taps.read(last, kernel - 1) }),
  };
}
