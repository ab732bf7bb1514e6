/**
 * The numeric contract, to the bit: every convolution and every gradient of it equals plain loops that skip
 * nothing (lib/op), and the event-driven kernels equal both, on random shapes, densities and magnitudes.
 */

import fc from 'fast-check';
import t from 'tap';
import type { ConvDims } from '../../../lib/engine/kernels/contract.js';
import { avgPool2d } from '../../../lib/op/avgPool2d.js';
import { conv2d } from '../../../lib/op/conv2d.js';
import { convTranspose2d } from '../../../lib/op/convTranspose2d.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { requireSameBits, tensorSource } from './bits.js';

const extent = fc.constantFrom(1, 2, 3, 4, 5, 8, 9);
const channels = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 16, 17);
const draw = {
  seed: fc.nat(),
  density: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
};
const convCase = fc.record({
  height: extent,
  width: extent,
  channelsIn: channels,
  channelsOut: channels,
  kernel: fc.constantFrom(1 as const, 3 as const),
  ...draw,
});
const poolCase = fc.record({ halfHeight: extent, halfWidth: extent, channels, ...draw });

/** Fixed, so that the same cases run every time. */
const settings = { seed: 20230, numRuns: 120 };

/** The size of the input. */
const sizeOf = ({ height, width, channelsIn }: Omit<ConvDims, 'kernel'>) => ({
  height,
  width,
  channels: channelsIn,
});
const transposed = ({ channelsOut }: Omit<ConvDims, 'kernel'>) =>
  convTranspose2d({ channelsOut, kernel: 3, stride: 2 });

/** A random case's tensors; the gradient of the output and the bias have zeros too. */
function drawConv(dims: ConvDims & { seed: number; density: number }, outputPixels: number) {
  const next = tensorSource(dims.seed, dims.density);
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  return {
    input: next(height * width * channelsIn),
    weight: next(kernel * kernel * channelsIn * channelsOut),
    bias: next(channelsOut),
    gradOut: next(outputPixels * channelsOut),
  };
}

for (const [engine, kernels] of backends) {
  t.test(`${engine}: a convolution is seven plain loops, dense or driven by events`, async () => {
    const property = fc.property(convCase, (dims) => {
      const { input, weight, bias } = drawConv(dims, dims.height * dims.width);
      const expected = conv2d(dims).forward(input, sizeOf(dims), { weight, bias });
      const arena = new Arena();
      const [dense, driven] = [arena.result(expected.length), arena.result(expected.length)];
      const [x, w, b] = [input, weight, bias].map((values) => arena.input(values));
      kernels.conv2dForward(dense, x, w, b, dims);
      kernels.eventConv2d(driven, x, w, b, dims);
      arena.check();
      requireSameBits(dense, expected, 'dense output');
      requireSameBits(driven, expected, 'event-driven output');
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: the gradients of a convolution are plain loops in their order`, async () => {
    const property = fc.property(convCase, (dims) => {
      const { input, weight, bias, gradOut } = drawConv(dims, dims.height * dims.width);
      const arena = new Arena();
      const gradInput = arena.result(input.length);
      const gradWeight = arena.result(weight.length);
      const gradBias = arena.result(dims.channelsOut);
      const [x, w, g] = [input, weight, gradOut].map((values) => arena.input(values));
      kernels.conv2dBackwardInput(gradInput, g, w, dims);
      kernels.conv2dBackwardWeight(gradWeight, gradBias, g, x, dims);
      arena.check();
      const [op, size] = [conv2d(dims), sizeOf(dims)];
      const expected = op.backwardWeights(gradOut, input, size);
      const byInput = op.backwardInput(gradOut, size, { weight, bias });
      requireSameBits(gradInput, byInput, 'gradient by the input');
      requireSameBits(gradWeight, expected.weight, 'gradient by the weight');
      requireSameBits(gradBias, expected.bias, 'gradient by the bias');
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: a transposed convolution is plain loops, dense or driven by events`, async () => {
    const property = fc.property(convCase, (drawn) => {
      const dims = { ...drawn, kernel: 3 as const };
      const { input, weight, bias } = drawConv(dims, 4 * dims.height * dims.width);
      const expected = transposed(dims).forward(input, sizeOf(dims), { weight, bias });
      const arena = new Arena();
      const [dense, driven] = [arena.result(expected.length), arena.result(expected.length)];
      const [x, w, b] = [input, weight, bias].map((values) => arena.input(values));
      kernels.convTranspose2dForward(dense, x, w, b, dims);
      kernels.eventConvTranspose2d(driven, x, w, b, dims);
      arena.check();
      requireSameBits(dense, expected, 'dense output');
      requireSameBits(driven, expected, 'event-driven output');
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: the gradients of a transposed convolution are plain loops in their order`, async () => {
    const property = fc.property(convCase, (drawn) => {
      const dims = { ...drawn, kernel: 3 as const };
      const { input, weight, bias, gradOut } = drawConv(dims, 4 * dims.height * dims.width);
      const arena = new Arena();
      const gradInput = arena.result(input.length);
      const gradWeight = arena.result(weight.length);
      const gradBias = arena.result(dims.channelsOut);
      const [x, w, g] = [input, weight, gradOut].map((values) => arena.input(values));
      kernels.convTranspose2dBackwardInput(gradInput, g, w, dims);
      kernels.convTranspose2dBackwardWeight(gradWeight, gradBias, g, x, dims);
      arena.check();
      const [op, size] = [transposed(dims), sizeOf(dims)];
      const expected = op.backwardWeights(gradOut, input, size);
      requireSameBits(gradInput, op.backwardInput(gradOut, size, { weight, bias }), 'by the input');
      requireSameBits(gradWeight, expected.weight, 'by the weight');
      requireSameBits(gradBias, expected.bias, 'by the bias');
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: average pooling adds in the order of the rows, dense or driven by events`, async () => {
    const property = fc.property(poolCase, ({ halfHeight, halfWidth, channels, seed, density }) => {
      const dims = { height: 2 * halfHeight, width: 2 * halfWidth, channels };
      const pixels = dims.height * dims.width;
      const input = tensorSource(seed, density)(pixels * channels);
      const expected = avgPool2d({ kernel: 2 }).forward(input, dims, { weight: input, bias: input });
      const arena = new Arena();
      const [dense, driven] = [arena.result(expected.length), arena.result(expected.length)];
      const x = arena.input(input);
      kernels.avgPool2dForward(dense, x, dims);
      kernels.eventAvgPool2d(driven, x, dims);
      arena.check();
      requireSameBits(dense, expected, 'dense output');
      requireSameBits(driven, expected, 'event-driven output');
    });
    fc.assert(property, settings);
  });
}
