/**
 * The U-Net against PyTorch in float64 (fixtures/make/unet.py):
 * output, loss and the gradient of every parameter.
 */

import t from 'tap';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { engineOf } from '../support/engine.js';
import { backends } from './kernel/backends.js';
import { goldenTensor, imageOf, requireGolden } from './kernel/golden.js';
import { goldenExample, goldenModel, requireGradients } from './kernel/network.js';

const files = ['segment_w2', 'segment_w4', 'segment_w8', 'denoise_w1', 'denoise_w4'];

for (const [engine, kernels] of backends) {
  for (const file of files.map((name) => `unet/${name}`)) {
    const { model, tensors } = goldenModel(file);
    const example = goldenExample(tensors);

    t.test(`${engine}: the output of ${file} is PyTorch's`, async (t) => {
      const output = engineOf(kernels).prepare(model).run(example.image);
      const expected = imageOf(goldenTensor(tensors, 'output'));
      requireGolden(t, output, expected, `${file}:output`);
    });

    t.test(`${engine}: loss and gradients of ${file} are PyTorch's`, async (t) => {
      const { loss, gradients } = engineOf(kernels).gradient(model, backprop, [example]);
      requireGolden(t, [loss], goldenTensor(tensors, 'loss').data, `${file}:loss`);
      requireGradients(t, model.layers, gradients, file);
    });
  }
}
