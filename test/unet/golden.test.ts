/** The U-Net against PyTorch in float64 (fixtures/make/unet.py): output, loss and the gradient of every parameter. */

import t from 'tap';
import { unetGradient } from '../../lib/train/backprop.js';
import { OUTPUT } from '../../lib/unet/architecture.js';
import { forward, signalOf } from '../../lib/unet/forward.js';
import { backends } from '../contract/backends.js';
import { goldenTensor, imageOf, requireClose } from '../contract/golden.js';
import { goldenExample, goldenModel, requireGradients } from '../contract/network.js';

const BOUND = 1e-5;

for (const [engine, kernels] of backends) {
  for (const name of ['unet/segment_w2', 'unet/segment_w4', 'unet/denoise_w1']) {
    const { model, tensors } = goldenModel(name);
    const example = goldenExample(tensors);

    t.test(`${engine}: the output of ${name} is PyTorch's within ${BOUND}`, async (t) => {
      const signals = forward(kernels, model, example.input, example.height, example.width);
      const expected = imageOf(goldenTensor(tensors, 'output'));
      requireClose(t, signalOf(signals, OUTPUT), expected, BOUND, 'output');
    });

    t.test(`${engine}: loss and gradients of ${name} are PyTorch's within ${BOUND}`, async (t) => {
      const { loss, gradients } = unetGradient(kernels, model, example);
      requireClose(t, [loss], goldenTensor(tensors, 'loss').data, BOUND, 'loss');
      requireGradients(t, model.layers, gradients, tensors, BOUND);
    });
  }
}
