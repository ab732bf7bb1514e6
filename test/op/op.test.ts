/**
 * The properties that operations state, against what their definitions do. Values are PyTorch's
 * (fixtures/make/kernel.py).
 */

import fc from 'fast-check';
import t from 'tap';
import { sizeOf } from '../../lib/core/shape.js';
import { avgPool2d } from '../../lib/op/avgPool2d.js';
import { concatenate, separate } from '../../lib/op/concatenation.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { convTranspose2d } from '../../lib/op/convTranspose2d.js';
import type { Op, Size } from '../../lib/op/op.js';
import { requireSameBits, tensorSource } from '../engine/kernel/bits.js';
import { boundOf, goldenCases, imageOf, requireClose } from '../engine/kernel/golden.js';

const operations: readonly Op[] = [
  ...[1, 3, 5].map((kernel) => conv2d({ channelsOut: 2, kernel })),
  conv2d({ channelsOut: 3, kernel: 3, stride: 2 }),
  conv2d({ channelsOut: 1, kernel: 3, dilation: 2 }),
  convTranspose2d({ channelsOut: 2, kernel: 3, stride: 2 }),
  convTranspose2d({ channelsOut: 1, kernel: 5, stride: 3 }),
  avgPool2d,
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
      const reads = (o: number) => op.reads({ first: o, last: o });
      return (
        reached.length === op.reach(y, size.height) * op.reach(x, size.width) * op.channelsReached &&
        readers.every((o) => reads(o).first <= y && y <= reads(o).last)
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
      // whole numbers: sums are exact, and <g, A x> = <A' g, x> holds to the bit
      const value = (i: number) => ((seed + 7 * i) % 5) - 2;
      const filled = (length: number, shift: number) =>
        Float32Array.from({ length }, (_, i) => value(i + shift));
      const { input, weights: same } = ones(op, size);
      const weights = { ...same, weight: filled(same.weight.length, 1) };
      const [x, out] = [filled(input.length, 2), op.outputSize(size)];
      const g = filled(out.height * out.width * out.channels, 3);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
      const forward = dot(g, op.forward(x, size, weights));
      const byWeight = dot(op.backwardWeights(g, x, size).weight, weights.weight);
      return (
        forward === dot(op.backwardInput(g, size, weights), x) && (!op.hasWeights || forward === byWeight)
      );
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

t.test('products, inside and at the edges', async (t) => {
  const size = { height: 4, width: 6, channels: 2 };
  t.equal(conv2d({ channelsOut: 5, kernel: 3 }).multiplications(size), 4 * 6 * 9 * 2 * 5);
  t.equal(conv2d({ channelsOut: 5, kernel: 3, stride: 2 }).multiplications(size), 2 * 3 * 9 * 2 * 5);
  t.equal(convTranspose2d({ channelsOut: 5, kernel: 3, stride: 2 }).multiplications(size), 4 * 6 * 9 * 2 * 5);
  t.equal(avgPool2d.multiplications(size), 0);
  t.throws(() => avgPool2d.outputSize({ ...size, height: 3 }), /got 3x6, expected even sides/);
});

t.test('what is concatenated comes apart again', async (t) => {
  const parts = [Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6), Float32Array.of(7, 8)];
  const whole = concatenate(parts, 2);
  t.strictSame([...whole], [1, 3, 4, 7, 2, 5, 6, 8]);
  t.strictSame(separate(whole, [1, 2, 1]), parts);
  t.equal(concatenate(parts.slice(0, 1), 2), parts[0]);
});
