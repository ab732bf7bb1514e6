/**
 * The properties that operations state, against what their definitions do. Values are PyTorch's
 * (fixtures/make/kernel.py).
 */

import fc from 'fast-check';
import t from 'tap';
import { sizeOf } from '../../lib/core/shape.js';
import { avgPool2d } from '../../lib/op/avgPool2d.js';
import { resize } from '../../lib/op/bilinear.js';
import { concatenate, separate } from '../../lib/op/concatenation.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { convTranspose2d } from '../../lib/op/convTranspose2d.js';
import { identity } from '../../lib/op/identity.js';
import type { Op, Size } from '../../lib/op/op.js';
import { upsample2d } from '../../lib/op/upsample2d.js';
import { requireSameBits, tensorSource } from '../engine/kernel/bits.js';
import { boundOf, goldenCases, imageOf, requireClose } from '../engine/kernel/golden.js';

/** Those that divide: their sums of whole numbers are rounded. */
const inexact: readonly Op[] = [
  avgPool2d({ kernel: 3, stride: 2, padding: 1 }),
  upsample2d({ channelsOut: 2 }),
];
const operations: readonly Op[] = [
  ...[1, 3, 5].map((kernel) => conv2d({ channelsOut: 2, kernel })),
  conv2d({ channelsOut: 3, kernel: 3, stride: 2 }),
  conv2d({ channelsOut: 1, kernel: 3, dilation: 2 }),
  convTranspose2d({ channelsOut: 2, kernel: 3, stride: 2 }),
  convTranspose2d({ channelsOut: 1, kernel: 5, stride: 3 }),
  avgPool2d({ kernel: 2 }),
  identity,
  ...inexact,
];
const sizes = fc.record({
  height: fc.constantFrom(2, 4, 6),
  width: fc.constantFrom(2, 4, 8),
  channels: fc.constantFrom(1, 2),
});
const settings = { seed: 26, numRuns: 40 };

/** Tensors of ones. */
function ones(op: Op, { height, width, channels }: Size) {
  const weight = new Float32Array(op.hasWeights ? sizeOf(op.weightShape(channels)) : 0).fill(1);
  const bias = new Float32Array(op.outputSize({ height, width, channels }).channels);
  return { input: new Float32Array(height * width * channels).fill(1), weights: { weight, bias } };
}

for (const op of operations) {
  t.test(`${op.name}: its output has the size that it says`, async () => {
    const property = fc.property(sizes, (size) => {
      const { input, weights } = ones(op, size);
      const { height, width, channels } = op.outputSize(size);
      return op.forward(input, size, weights).length === height * width * channels;
    });
    fc.assert(property, settings);
  });

  t.test(`${op.name}: a spike reaches as many outputs as it says, in rows that read it`, async () => {
    const property = fc.property(sizes, fc.nat(), fc.nat(), (size, row, column) => {
      const [y, x] = [row % size.height, column % size.width];
      const { input, weights } = ones(op, size);
      input.fill(0)[(y * size.width + x) * size.channels] = 1;
      const out = op.forward(input, size, weights);
      const { width, channels } = op.outputSize(size);
      const reached = Array.from(out.keys()).filter((i) => out[i] !== 0);
      const readers = reached.map((i) => Math.floor(i / (width * channels)));
      const isRead = (o: number) => {
        const rows = op.reads?.({ first: o, last: o }) ?? { first: 0, last: size.height };
        return rows.first <= y && y <= rows.last;
      };
      return (
        reached.length === op.reach(y, size.height) * op.reach(x, size.width) * op.channelsReached &&
        readers.every(isRead)
      );
    });
    fc.assert(property, settings);
  });

  t.test(`${op.name}: driven by events it gives the same bits`, async () => {
    const density = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(sizes, fc.nat(), density, (size, seed, density) => {
      const { input, weights: same } = ones(op, size);
      const next = tensorSource(seed, density);
      const weights = { weight: next(same.weight.length), bias: next(same.bias.length) };
      const spikes = next(input.length);
      const [driven, dense] = [op.events(spikes, size, weights), op.forward(spikes, size, weights)];
      requireSameBits(driven, dense, 'output');
    });
    fc.assert(property, settings);
  });

  t.test(`${op.name}: gradients are those of its definition`, async () => {
    const property = fc.property(sizes, fc.nat(), (size, seed) => {
      // whole numbers: sums are exact where nothing is divided, and <g, A x> = <A' g, x> holds to the bit
      const value = (i: number) => ((seed + 7 * i) % 5) - 2;
      const filled = (length: number, shift: number) =>
        Float32Array.from({ length }, (_, i) => value(i + shift));
      const { input, weights: same } = ones(op, size);
      const weights = { ...same, weight: filled(same.weight.length, 1) };
      const [x, out] = [filled(input.length, 2), op.outputSize(size)];
      const g = filled(out.height * out.width * out.channels, 3);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
      const forward = dot(g, op.forward(x, size, weights));
      const rounding = inexact.includes(op) ? 2 ** -18 * g.length : 0;
      const isForward = (value: number) => Math.abs(value - forward) <= rounding;
      const byWeight = dot(op.backwardWeights(g, x, size).weight, weights.weight);
      return isForward(dot(op.backwardInput(g, size, weights), x)) && (!op.hasWeights || isForward(byWeight));
    });
    fc.assert(property, settings);
  });
}

for (const golden of goldenCases('kernel/convOperations')) {
  t.test(`${golden.name} is PyTorch's, forward and back`, async (t) => {
    const [, kind, kernel, stride, dilation] = /^(\w+)_k(\d)_s(\d)_d(\d)$/.exec(golden.name)!;
    const options = {
      channelsOut: 3,
      kernel: Number(kernel),
      stride: Number(stride),
      dilation: Number(dilation),
    };
    const transposed = kind === 'transposed';
    const op = transposed ? convTranspose2d(options) : conv2d(options);
    const weightOf = (key: string) => op.pack(golden.get(key).data, golden.get(key).shape);
    const weights = { weight: weightOf('weight'), bias: golden.get('bias').data };
    const [input, gradOut] = [imageOf(golden.get('input')), imageOf(golden.get('gradOutput'))];
    const size = { height: 5, width: 7, channels: 2 };
    t.strictSame(op.weightShape(2), golden.get('weight').shape);
    t.strictSame(op.unpack(weights.weight, golden.get('weight').shape), golden.get('weight').data);
    const byWeights = op.backwardWeights(gradOut, input, size);
    const { bound } = boundOf('kernel/convOperations:output');
    requireClose(t, op.forward(input, size, weights), imageOf(golden.get('output')), bound, 'output');
    requireClose(
      t,
      op.backwardInput(gradOut, size, weights),
      imageOf(golden.get('gradInput')),
      bound,
      'by the input',
    );
    requireClose(t, byWeights.weight, weightOf('gradWeight'), bound, 'by the weight');
    requireClose(t, byWeights.bias, golden.get('gradBias').data, bound, 'by the bias');
  });
}

const none = { weight: new Float32Array(), bias: new Float32Array() };

for (const golden of goldenCases('kernel/avgPool2dWindows')) {
  t.test(`average pooling ${golden.name} is PyTorch's, forward and back`, async (t) => {
    const [, kernel, stride, padding] = /k(\d)_s(\d)_p(\d)/.exec(golden.name)!.map(Number);
    const op = avgPool2d({ kernel, stride, padding });
    const [channels, height, width] = golden.get('input').shape;
    const size = { height, width, channels };
    const { bound } = boundOf('kernel/avgPool2dWindows:output');
    const output = op.forward(imageOf(golden.get('input')), size, none);
    requireClose(t, output, imageOf(golden.get('output')), bound, 'output');
    const gradInput = op.backwardInput(imageOf(golden.get('gradOutput')), size, none);
    requireClose(t, gradInput, imageOf(golden.get('gradInput')), bound, 'by the input');
  });
}

for (const golden of goldenCases('kernel/convTransposeResized')) {
  t.test(`upsampling ${golden.name} is PyTorch's, forward and back`, async (t) => {
    const { data: weight, shape } = golden.get('weight');
    const op = upsample2d({ channelsOut: shape[1] });
    const [channels, height, width] = golden.get('input').shape;
    const size = { height, width, channels };
    const weights = { weight: op.pack(weight, shape), bias: new Float32Array(shape[1]) };
    const [input, gradOut] = [imageOf(golden.get('input')), imageOf(golden.get('gradOutput'))];
    const { bound } = boundOf('kernel/convTransposeResized:output');
    const close = (got: Float32Array, expected: Float32Array, what: string) =>
      requireClose(t, got, expected, bound, what);
    close(op.forward(input, size, weights), imageOf(golden.get('output')), 'output');
    close(op.backwardInput(gradOut, size, weights), imageOf(golden.get('gradInput')), 'by the input');
    const byWeight = op.backwardWeights(gradOut, input, size).weight;
    close(byWeight, op.pack(golden.get('gradWeight').data, shape), 'by the weight');
  });
}

t.test('an image as large as it was, and a row of one pixel, are resized as they are', async (t) => {
  const image = Float32Array.of(1, 2, 3, 4, 5, 6);
  const size = { height: 2, width: 3, channels: 1 };
  t.strictSame(resize(image, size, size), image);
  t.strictSame([...resize(Float32Array.of(7), { height: 1, width: 1, channels: 1 }, size)], Array(6).fill(7));
  t.strictSame(
    [...resize(Float32Array.of(0, 1), { height: 1, width: 2, channels: 1 }, { ...size, height: 1 })],
    [0, 0.5, 1],
  );
});

t.test('products, inside and at the edges', async (t) => {
  const size = { height: 4, width: 6, channels: 2 };
  t.equal(conv2d({ channelsOut: 5, kernel: 3 }).multiplications(size), 4 * 6 * 9 * 2 * 5);
  t.equal(conv2d({ channelsOut: 5, kernel: 3, stride: 2 }).multiplications(size), 2 * 3 * 9 * 2 * 5);
  t.equal(convTranspose2d({ channelsOut: 5, kernel: 3, stride: 2 }).multiplications(size), 4 * 6 * 9 * 2 * 5);
  const pool = avgPool2d({ kernel: 2 });
  t.equal(pool.multiplications(size), 0);
  t.throws(() => pool.outputSize({ ...size, height: 3 }), /avgPool2d 2x2: got 3x6, expected multiples of 2/);
  // 4x6 pixels scattered by 9 weights; then 9 rows of 12, and 8 of 12, of two products each
  t.equal(upsample2d({ channelsOut: 5 }).multiplications(size), (4 * 6 * 2 * 9 + 2 * (9 + 8) * 12) * 5);
});

t.test('what is concatenated comes apart again', async (t) => {
  const parts = [Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6), Float32Array.of(7, 8)];
  const whole = concatenate(parts, 2);
  t.strictSame([...whole], [1, 3, 4, 7, 2, 5, 6, 8]);
  t.strictSame(separate(whole, [1, 2, 1]), parts);
  t.equal(concatenate(parts.slice(0, 1), 2), parts[0]);
});
