/** Average pooling 2x2, stride 2: a quarter of ((a + b) + c) + d, row by row, of each channel. It has no weights. */

import type { Op, Size } from './op.js';

const { fround } = Math;

function outputSize({ height, width, channels }: Size): Size {
  if (height % 2 !== 0 || width % 2 !== 0)
    throw new Error(`avgPool2d: got ${height}x${width}, expected even sides`);
  return { height: height / 2, width: width / 2, channels };
}

/** The index of an input value. */
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
          let sum = 0;
          for (const [dy, dx] of CELLS) sum = fround(sum + input[at(2 * y + dy, 2 * x + dx, c, size)]);
          out[o] = 0.25 * sum;
        }
      }
    }
    return out;
  },
  backwardInput(gradOut, size) {
    const pooled = outputSize(size);
    const gradInput = new Float32Array(size.height * size.width * size.channels);
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

/** The four pixels that become one, row by row. */
const CELLS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;
