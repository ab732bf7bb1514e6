/** Activation against firing rate: known correlations, and a network that fires what its U-Net computes. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { convert } from '../../lib/diagnose/convertUnet.js';
import { correlation, firingRates } from '../../lib/diagnose/rates.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

t.test('correlations with known answers', async (t) => {
  t.equal(correlation([1, 2, 3], [2, 4, 6]), 1);
  t.equal(correlation([1, 2, 3], [3, 2, 1]), -1);
  t.equal(correlation([1, 2, 3, 4], [2, 1, 4, 3]), 0.6);
  t.equal(correlation([1, 2, 3], [5, 5, 5]), undefined, 'one that does not vary has none');
});

t.test('with eight thresholds a step fires the activation, in units of lambda', async (t) => {
  const side = 16;
  const unet = randomModel({ task: 'denoise', width: 2, channels: 1, classes: 1 }, 4);
  const input = randomImage(stream(4, 'image'), side, side, 1);
  const images = [{ name: 'x', input, height: side, width: side, channels: 1 }];
  const options = { preset: 'one-step', thresholds: 8, noisy: true, engine: referenceEngine } as const;
  const { spiking } = convert(unet, images, options);
  const image = { data: input, height: side, width: side, channels: 1 };
  const [first, last] = firingRates(referenceEngine, { unet, spiking }, image, ['relu1', 'relu18'], 1);
  t.equal(first.signal, 'relu1');
  t.equal(last.rates.length, side * side * 2);
  first.activations.forEach((activation, n) => {
    const clipped = Math.min(activation, 255 / 256);
    if (Math.abs(first.rates[n] - clipped) > 1 / 512 + 1e-6)
      t.fail(`${n}: ${first.rates[n]} for ${activation}`);
  });
  t.ok(first.correlation! > 0.99);
});
