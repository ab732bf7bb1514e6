/**
 * Pooling, ReLU and concatenation with their gradients against PyTorch in float64 (fixtures/make/kernel.py).
 */

import t from 'tap';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { boundOf, goldenCases, imageOf, requireClose } from './golden.js';

const { bound: BOUND } = boundOf('kernel/avgPool2d:case.output');

for (const [engine, kernels] of backends) {
  for (const golden of goldenCases('kernel/avgPool2d')) {
    const [channels, height, width] = golden.get('input').shape;
    const dims = { height, width, channels };

    t.test(`${engine}: average pooling ${golden.name} is PyTorch's within ${BOUND}`, async (t) => {
      const arena = new Arena();
      const [input, expected] = [imageOf(golden.get('input')), imageOf(golden.get('output'))];
      const out = arena.result(expected.length);
      kernels.avgPool2dForward(out, arena.input(input), dims);
      arena.check();
      requireClose(t, out, expected, BOUND, 'output');
    });

    t.test(`${engine}: gradient of average pooling ${golden.name} is PyTorch's exactly`, async (t) => {
      const arena = new Arena();
      const [gradOutput, expected] = [imageOf(golden.get('gradOutput')), imageOf(golden.get('gradInput'))];
      const gradInput = arena.result(expected.length);
      kernels.avgPool2dBackward(gradInput, arena.input(gradOutput), dims);
      arena.check();
      t.strictSame(gradInput, expected);
    });
  }

  for (const golden of goldenCases('kernel/relu')) {
    const [input, output, gradOutput, gradInput] = ['input', 'output', 'gradOutput', 'gradInput'].map(
      (key) => golden.get(key).data,
    );

    t.test(`${engine}: ReLU of ${golden.name} values is PyTorch's, in place too`, async (t) => {
      const arena = new Arena();
      const [out, inPlace] = [arena.result(input.length), arena.state(input)];
      kernels.reluForward(out, arena.input(input));
      kernels.reluForward(inPlace, inPlace);
      arena.check();
      t.strictSame(out, output);
      t.strictSame(inPlace, output);
    });

    t.test(`${engine}: gradient of ReLU of ${golden.name} values is PyTorch's, in place too`, async (t) => {
      for (const gate of [input, output]) {
        const arena = new Arena();
        const [out, inPlace] = [arena.result(input.length), arena.state(gradOutput)];
        kernels.reluBackward(out, arena.input(gradOutput), arena.input(gate));
        kernels.reluBackward(inPlace, inPlace, arena.input(gate));
        arena.check();
        t.strictSame(out, gradInput);
        t.strictSame(inPlace, gradInput);
      }
    });
  }

  for (const golden of goldenCases('kernel/concat')) {
    const [first, second, output, gradOutput, gradFirst, gradSecond] = [
      'first',
      'second',
      'output',
      'gradOutput',
      'gradFirst',
      'gradSecond',
    ].map((key) => imageOf(golden.get(key)));
    const [[a, height, width], [b]] = [golden.get('first').shape, golden.get('second').shape];
    const dims = { pixels: height * width, first: a, second: b };

    t.test(`${engine}: concatenation ${golden.name} and its gradient are PyTorch's`, async (t) => {
      const arena = new Arena();
      const out = arena.result(output.length);
      const grads = [arena.result(first.length), arena.result(second.length)];
      kernels.concatForward(out, arena.input(first), arena.input(second), dims);
      kernels.concatBackward(grads[0], grads[1], arena.input(gradOutput), dims);
      arena.check();
      t.strictSame(out, output);
      t.strictSame(grads, [gradFirst, gradSecond]);
    });
  }
}
