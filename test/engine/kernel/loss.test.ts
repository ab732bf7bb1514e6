/** Both losses and their gradients against PyTorch in float64 (fixtures/make/kernel.py). */

import t from 'tap';
import { VOID } from '../../../lib/op/losses.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { boundOf, goldenCases, requireClose } from './golden.js';

const { bound: BOUND } = boundOf('kernel/crossEntropy:case.loss');

for (const [engine, kernels] of backends) {
  for (const golden of goldenCases('kernel/crossEntropy')) {
    t.test(`${engine}: cross-entropy of ${golden.name} is PyTorch's within ${BOUND}`, async (t) => {
      const { data: logits, shape } = golden.get('logits');
      const labels = Uint8Array.from(golden.get('labels').data);
      const arena = new Arena();
      const grad = arena.result(logits.length);
      const [pixels, classes] = shape;
      const loss = kernels.softmaxCrossEntropy(grad, arena.input(logits), labels, { pixels, classes });
      arena.check();
      requireClose(t, [loss], golden.get('loss').data, BOUND, 'loss');
      requireClose(t, grad, golden.get('gradLogits').data, BOUND, 'gradient by the logits');
    });
  }

  t.test(`${engine}: where no label counts, loss and gradient are 0`, async (t) => {
    const grad = new Float32Array(4).fill(7);
    const labels = Uint8Array.of(VOID, VOID);
    t.equal(
      kernels.softmaxCrossEntropy(grad, Float32Array.of(1, 2, 3, 4), labels, { pixels: 2, classes: 2 }),
      0,
    );
    t.strictSame(grad, new Float32Array(4));
  });

  for (const golden of goldenCases('kernel/l1')) {
    t.test(
      `${engine}: mean absolute error of ${golden.name} values is PyTorch's within ${BOUND}`,
      async (t) => {
        const [prediction, target] = [golden.get('prediction').data, golden.get('target').data];
        const arena = new Arena();
        const grad = arena.result(prediction.length);
        const loss = kernels.l1Loss(grad, arena.input(prediction), arena.input(target));
        arena.check();
        requireClose(t, [loss], golden.get('loss').data, BOUND, 'loss');
        requireClose(t, grad, golden.get('gradPrediction').data, BOUND, 'gradient by the prediction');
      },
    );
  }

  t.test(`${engine}: logits too large for any exponential still give a finite loss`, async (t) => {
    const grad = new Float32Array(4);
    const logits = Float32Array.of(3e38, -3e38, -1e5, 1e5);
    const loss = kernels.softmaxCrossEntropy(grad, logits, Uint8Array.of(0, 0), { pixels: 2, classes: 2 });
    t.equal(loss, 1e5);
    t.strictSame(grad, Float32Array.of(0, 0, -0.5, 0.5));
  });
}
