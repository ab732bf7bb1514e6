/**
 * The lambdas of a conversion depend on the number of thresholds of each layer, unless a percentile is given.
 */

import t from 'tap';
import { type ConversionPlan, convertModel, percentileFor } from '../../lib/convert/conversion.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { hasRelu } from '../../lib/net/network.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const unet = randomModel({ task: 'denoise', width: 2, channels: 1, classes: 1 }, 8);
const image = randomImage(stream(8, 'image'), 64, 64, 1);
const measured = measureActivations(referenceEngine, unet, [{ input: image, height: 64, width: 64 }], {
  lowest: 99,
  channels: true,
});
const signals = unet.layers.filter(hasRelu).map(({ output }) => output);
const OTHERS = { relu2: optimalThresholds(8), relu3: optimalThresholds(2), relu18: optimalThresholds(7) };

const convert = (plan: Partial<ConversionPlan>) =>
  convertModel(unet, measured, {
    ...{
      neuron: findNeuron('mt'),
      thresholds: optimalThresholds(5),
      initialPotential: 'half',
      normalisation: 'channel',
    },
    ...plan,
  });

t.test('the percentile follows the thresholds: 99.9, from seven on 99.99', async (t) => {
  t.strictSame([1, 6, 7, 8].map(percentileFor), [99.9, 99.9, 99.99, 99.99]);
});

t.test('channel-wise each layer is measured for the thresholds that it has', async (t) => {
  const { channelLambdas, conversion } = convert({ thresholdsOf: OTHERS });
  t.strictSame([...channelLambdas!.keys()], signals);
  for (const signal of signals) {
    const percent = signal === 'relu2' || signal === 'relu18' ? 99.99 : 99.9;
    t.strictSame(channelLambdas!.get(signal), measured.channelLambdas(signal, percent), signal);
  }
  t.notSame(measured.channelLambdas('relu2', 99.99), measured.channelLambdas('relu2', 99.9));
  t.equal(conversion.percentile, 99.99, 'that of the most thresholds');
  t.equal(conversion.lambdas.conv2, measured.lambdas(99.9).get('relu2'), "the paper's, to be compared with");
});

t.test('a percentile that is given is that of all layers', async (t) => {
  const { channelLambdas, conversion } = convert({ thresholdsOf: OTHERS, percentile: 99 });
  for (const signal of signals)
    t.strictSame(channelLambdas!.get(signal), measured.channelLambdas(signal, 99), signal);
  t.equal(conversion.percentile, 99);
  t.equal(conversion.lambdas.conv2, measured.lambdas(99).get('relu2'));
});

t.test('other lambdas of channels are asked for by signal and number of thresholds', async (t) => {
  const asked = new Map<string, number>();
  const { channelLambdas, conversion } = convert({
    thresholdsOf: OTHERS,
    channelLambdas: (signal, count) => {
      asked.set(signal, count);
      return measured.channelLambdas(signal, 100);
    },
  });
  const counts = new Map(Object.entries(OTHERS).map(([signal, { length }]) => [signal, length]));
  t.strictSame(
    [...asked],
    signals.map((signal) => [signal, counts.get(signal) ?? 5]),
  );
  t.strictSame(channelLambdas!.get('relu5'), measured.channelLambdas('relu5', 100));
  t.equal(conversion.lambda, 'mse');
});

t.test('layer by layer all have the percentile of the most thresholds', async (t) => {
  const { conversion, channelLambdas } = convert({ normalisation: 'connection', thresholdsOf: OTHERS });
  t.equal(channelLambdas, undefined);
  t.equal(conversion.lambdas.conv5, measured.lambdas(99.99).get('relu5'));
  t.equal(conversion.lambda, undefined);
  const coarse = convert({ normalisation: 'connection' }).conversion;
  t.equal(coarse.lambdas.conv5, measured.lambdas(99.9).get('relu5'));
});
