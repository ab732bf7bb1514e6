/**
 * The text of the paper (lib/paper, plain loops on lib/op) and what engines compute: the same bits, for whole
 * random networks, in the forward part of Algorithm 1, in its gradients, and in the weights of Eqs. 7 and 8.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { layerScales } from '../../lib/convert/scales.js';
import { stream } from '../../lib/core/rng.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { layerParameters } from '../../lib/net/parameters.js';
import { asfGradient as asfText } from '../../lib/paper/asf.js';
import { denoisingLoss, segmentationLoss } from '../../lib/paper/loss.js';
import { integrateAndFire } from '../../lib/paper/neurons.js';
import { connectionWise, layerWise } from '../../lib/paper/normalise.js';
import { simulate as simulateText, type Update, withThresholds } from '../../lib/paper/simulate.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { engineOf, floatImage } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

const [HEIGHT, WIDTH, STEPS] = [16, 32, 3];

interface Case {
  readonly task: 'segment' | 'denoise';
  readonly neuron: 'mt' | 'if';
  readonly thresholds: number[];
  readonly update: Update;
}

const cases: readonly Case[] = [
  { task: 'segment', neuron: 'mt', thresholds: [2, 1, 0.5, 0.25], update: withThresholds([2, 1, 0.5, 0.25]) },
  { task: 'denoise', neuron: 'mt', thresholds: [0.7, 0.3], update: withThresholds([0.7, 0.3]) },
  { task: 'segment', neuron: 'if', thresholds: [0.6], update: (V, C) => integrateAndFire(V, C, 0.6) },
];

for (const [seed, { task, neuron, thresholds, update }] of cases.entries()) {
  const configuration = { task, width: 2, channels: 1, classes: task === 'segment' ? 3 : 1 } as const;
  const network = dyadicNetwork(configuration, neuron, thresholds, seed + 5);
  const random = stream(seed, 'text');
  const image = randomImage(random, HEIGHT, WIDTH, 1);
  const target =
    task === 'segment'
      ? Uint8Array.from({ length: HEIGHT * WIDTH }, () => random.integer(3))
      : randomImage(random, HEIGHT, WIDTH, 1);

  for (const [engine, kernels] of backends) {
    t.test(`${engine}: ${task} with ${neuron} ${thresholds}: Algorithm 1, lines 1-11`, async (t) => {
      const text = simulateText(network, image, [HEIGHT, WIDTH], STEPS, update);
      const fast = engineOf(kernels)
        .prepare(network)
        .simulate(floatImage(image, HEIGHT, WIDTH), { steps: STEPS });
      requireSameBits(fast.output, text.Iin.get('output')!, 'I_in of the last layer');
      for (const [name, flow] of fast.flows) requireSameBits(flow, text.Iout.get(name)!, `I_out of ${name}`);
      for (const [name, sum] of fast.currents) requireSameBits(sum, text.Iin.get(name)!, `I_in of ${name}`);
      t.equal(fast.spikes, text.spikes);
      t.ok(text.spikes > 100 && text.Iout.size === 26, `${text.spikes} spikes`);
    });

    t.test(`${engine}: ${task} with ${neuron} ${thresholds}: Algorithm 1, lines 12-20`, async (t) => {
      const loss = (prediction: Float32Array) =>
        target instanceof Float32Array
          ? denoisingLoss(prediction, target)
          : segmentationLoss(prediction, target);
      const text = asfText(network, image, [HEIGHT, WIDTH], STEPS, update, loss);
      const example = { image: floatImage(image, HEIGHT, WIDTH), target };
      const fast = engineOf(kernels).gradient(network, asf({ steps: STEPS }), [example]);
      t.equal(fast.loss, text.loss);
      for (const layer of network.layers.filter(({ op }) => op.hasWeights)) {
        const { weight, bias } = text.byLayer.get(layer.name)!;
        requireSameBits(fast.gradients.get(`${layer.name}.weight`)!, weight, `${layer.name}.weight`);
        requireSameBits(fast.gradients.get(`${layer.name}.bias`)!, bias, `${layer.name}.bias`);
      }
      t.equal(text.byLayer.size, 23);
    });
  }
}

t.test('Eqs. 7 and 8 are what a conversion computes', async (t) => {
  const model = randomModel({ task: 'segment', width: 3, channels: 1, classes: 2 }, 4);
  const random = stream(3, 'lambdas');
  const names = model.layers.flatMap(({ name, output }) => [name, output]);
  const lambdas = new Map(names.map((name) => [name, 0.1 + 3 * random.uniform()]));
  for (const normalisation of ['layer', 'connection']) {
    const { parameters } = normaliseModel(model, lambdas, normalisation);
    for (const { layer, lambdaIn, lambdaOut } of layerScales(model.layers, lambdas, normalisation)) {
      if (!layer.op.hasWeights) continue;
      const weights = layerParameters(model.parameters, layer);
      const text =
        normalisation === 'layer'
          ? layerWise(weights, lambdaIn[0], lambdaOut)
          : connectionWise(weights, lambdaIn, layer.channelsIn, lambdaOut);
      requireSameBits(parameters.get(`${layer.name}.weight`)!, text.weight, `${layer.name}.weight`);
      requireSameBits(parameters.get(`${layer.name}.bias`)!, text.bias, `${layer.name}.bias`);
    }
  }
  t.equal(lambdas.get('conv11') === lambdas.get('relu11'), false);
});
