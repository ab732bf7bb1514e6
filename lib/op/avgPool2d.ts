/**
 * Average pooling 2x2, stride 2: 0.25 (((a + b) + c) + d), row by row, of each channel. It has no weights.
 */

import { type Op, type Size, valuesIn } from './op.js';

const { fround } = Math;

function outputSize({ height, width, channels }: Size): Size {
  if (height % 2 !== 0 || width % 2 !== 0)
    throw new Error(`avgPool2d: got ${height}x${width}, expected even sides`);
  return { height: height / 2, width: width / 2, channels };
}

/** The index of a value. */
function at(y: number, x: number, c: number, { width, channels }: Size): number {
  return (y * width + x) * channels + c;
}

export const avgPool2d: Op = {
  name: 'avgPool2d 2x2',
  kernel: 2,
  hasWeights: false,
  outputSize,
  weightShape: () => [],
  pack: (weight) => weight,
  unpack: (packed) => packed,
  fanIn: () => 4,
  forward(input, size) {
    const { height, width, channels } = outputSize(size);
    const out = new Float32Array(height * width * channels);
    for (let y = 0, o = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++, o++) {
          const upper = fround(input[at(2 * y, 2 * x, c, size)] + input[at(2 * y, 2 * x + 1, c, size)]);
          const three = fround(upper + input[at(2 * y + 1, 2 * x, c, size)]);
          out[o] = 0.25 * fround(three + input[at(2 * y + 1, 2 * x + 1, c, size)]) + 0; // of four -0: 0
        }
      }
    }
    return out;
  },
  /** Each spike adds to its mean. Spikes come row by row, so the order of the sums is that of `forward`. */
  events(spikes, size) {
    const pooled = outputSize(size);
    const sums = new Float32Array(valuesIn(pooled));
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        for (let c = 0; c < size.channels; c++, i++) {
          const o = at(y >> 1, x >> 1, c, pooled);
          if (spikes[i] !== 0) sums[o] = fround(sums[o] + spikes[i]);
        }
      }
    }
    return sums.map((sum) => 0.25 * sum);
  },
  backwardInput(gradOut, size) {
    const pooled = outputSize(size);
    const gradInput = new Float32Array(valuesIn(size));
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        for (let c = 0; c < size.channels; c++, i++)
          gradInput[i] = 0.25 * gradOut[at(y >> 1, x >> 1, c, pooled)];
      }
    }
    return gradInput;
  },
  backwardWeights: () => ({ weight: new Float32Array(), bias: new Float32Array() }),
  onnx: { type: 'AveragePool', attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  multiplications: () => 0,
  reach: () => 1,
  channelsReached: 1,
  reads: ({ first, last }) => ({ first: 2 * first, last: 2 * last + 1 }),
};
