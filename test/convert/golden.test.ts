/** The conversion against PyTorch and numpy in float64 (fixtures/make/unet.py): lambdas and normalised weights. */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normalise.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { unpackParameters } from '../../lib/unet/parameters.js';
import { backends } from '../contract/backends.js';
import { goldenFile, goldenTensor, imageOf, requireClose } from '../contract/golden.js';
import { goldenModel, withoutPrefix } from '../contract/network.js';

const BOUND = 1e-5;
const FILE = 'unet/conversion_w1';
const percent = Number(goldenFile(FILE).metadata.percentile);
const { model, tensors } = goldenModel(FILE);
const images = [...withoutPrefix(tensors, 'image.').values()].map((image) => {
  const [, height, width] = image.shape;
  return { input: imageOf(image), height, width };
});

for (const [engine, kernels] of backends) {
  const lambdas = measureLambdas(kernels, model, images, percent);

  t.test(`${engine}: every lambda is numpy's percentile within ${BOUND}`, async (t) => {
    const expected = withoutPrefix(tensors, 'lambda.');
    t.strictSame([...lambdas.keys()].sort(), [...expected.keys()].sort());
    for (const [name, { data }] of expected) requireClose(t, [lambdas.get(name)!], data, BOUND, name);
    t.equal(lambdas.get('relu9'), 1, 'a layer that never fires');
  });

  t.test(`${engine}: connection-wise normalised parameters (Eq. 8) agree within ${BOUND}`, async (t) => {
    const normalised = unpackParameters(
      model.layers,
      normaliseModel(model, lambdas, 'connection').parameters,
    );
    for (const [name, { data }] of normalised)
      requireClose(t, data, goldenTensor(tensors, `connection.${name}`).data, BOUND, name);
  });

  t.test(`${engine}: layer-wise normalised parameters (Eq. 7) agree within ${BOUND}`, async (t) => {
    const different = withoutPrefix(tensors, 'layer.');
    t.strictSame(
      [...different.keys()].sort(),
      ['conv11', 'conv13', 'conv15', 'conv17'].map((name) => `${name}.weight`),
      'only what reads a concatenation differs from connection-wise',
    );
    const normalised = unpackParameters(model.layers, normaliseModel(model, lambdas, 'layer').parameters);
    for (const [name, { data }] of normalised) {
      const expected = different.get(name) ?? goldenTensor(tensors, `connection.${name}`);
      requireClose(t, data, expected.data, BOUND, name);
    }
  });
}
