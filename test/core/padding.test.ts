/**
 * Reflection padding and its gradient against PyTorch, and against numpy where it reflects more than once.
 */

import t from 'tap';
import {
  cropBackward,
  cropForward,
  type PaddingDims,
  padReflectBackward,
  padReflectForward,
  reflectIndex,
  roundUp,
} from '../../lib/core/padding.js';
import { Arena } from '../engine/kernel/arena.js';
import { boundOf, type GoldenCase, goldenCases, imageOf, requireClose } from '../engine/kernel/golden.js';

const { bound: BOUND } = boundOf('kernel/padding:case.gradInput');
const cases = goldenCases('kernel/padding');

for (const golden of cases) {
  const dims = dimsOf(golden);
  const [input, output, gradOutput, gradInput] = ['input', 'output', 'gradOutput', 'gradInput'].map((key) =>
    imageOf(golden.get(key)),
  );

  t.test(`padding ${golden.name} is PyTorch's, and cropping undoes it`, async (t) => {
    const arena = new Arena();
    const [out, cropped] = [arena.result(output.length), arena.result(input.length)];
    padReflectForward(out, arena.input(input), dims);
    cropForward(cropped, out, dims);
    arena.check();
    t.strictSame(out, output);
    t.strictSame(cropped, input);
  });

  t.test(`gradient of padding ${golden.name} is PyTorch's within ${BOUND}`, async (t) => {
    const arena = new Arena();
    const grad = arena.result(input.length);
    padReflectBackward(grad, arena.input(gradOutput), dims);
    arena.check();
    requireClose(t, grad, gradInput, BOUND, 'gradient by the input');
  });

  t.test(`gradient of cropping ${golden.name} goes back to where it came from`, async (t) => {
    const arena = new Arena();
    const [grad, back] = [arena.result(output.length), arena.result(input.length)];
    cropBackward(grad, arena.input(input), dims);
    cropForward(back, grad, dims);
    arena.check();
    const sum = (values: Float32Array) => values.reduce((total, value) => total + Math.abs(value), 0);
    t.strictSame(back, input);
    t.equal(sum(grad), sum(input), 'what was cropped away receives 0');
  });
}

t.test('labels are padded like images', async (t) => {
  const dims = { height: 2, width: 3, channels: 1, paddedHeight: 3, paddedWidth: 4 };
  const padded = new Uint8Array(12);
  padReflectForward(padded, Uint8Array.of(1, 2, 3, 4, 5, 6), dims);
  t.strictSame(padded, Uint8Array.of(1, 2, 3, 2, 4, 5, 6, 5, 1, 2, 3, 2));
});

t.test('an index bounces off both ends without repeating them', async (t) => {
  const bounce = (extent: number) => Array.from({ length: 9 }, (_, i) => reflectIndex(i, extent));
  t.strictSame(bounce(1), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
  t.strictSame(bounce(2), [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  t.strictSame(bounce(4), [0, 1, 2, 3, 2, 1, 0, 1, 2]);
});

t.test('sizes are rounded up to a multiple, and stay where they are one', async (t) => {
  t.strictSame(
    [1, 15, 16, 17, 584].map((extent) => roundUp(extent, 16)),
    [16, 16, 16, 32, 592],
  );
});

function dimsOf(golden: GoldenCase): PaddingDims {
  const [channels, height, width] = golden.get('input').shape;
  const [, paddedHeight, paddedWidth] = golden.get('output').shape;
  return { height, width, channels, paddedHeight, paddedWidth };
}
