/**
 * An ordinary network against PyTorch in float64 (fixtures/make/spike_goldens.py), from the U-Net to the
 * spikes. Here float32 rounds, and now and then a potential lies so close to a threshold that its spike comes
 * in another step: what is compared is the output as a whole and the spikes of each layer in all steps.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { MODES } from '../../lib/engine/simulate/simulation.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from '../engine/kernel/golden.js';
import { goldenModel, goldenNeurons, withoutPrefix } from '../engine/kernel/network.js';
import { engineOf } from '../support/engine.js';

const FILE = 'spike/ordinary_w4';
const { model, tensors } = goldenModel(FILE);
const { steps, ...neurons } = goldenNeurons(goldenFile(FILE).metadata);
const image = goldenTensor(tensors, 'input');
const [, height, width] = image.shape;
const input = imageOf(image);

for (const [engine, kernels] of backends) {
  const lambdas = measureLambdas(engineOf(kernels), model, [{ input, height, width }], 99.9);
  const { parameters } = normaliseModel(model, lambdas, 'connection');
  const network = { layers: model.layers, parameters, ...neurons };

  t.test(`${engine}: lambdas of an ordinary network are PyTorch's`, async (t) => {
    for (const [name, { data }] of withoutPrefix(tensors, 'lambda.'))
      requireGolden(t, [lambdas.get(name)!], data, `${FILE}:lambda.${name}`);
  });

  for (const mode of MODES) {
    t.test(`${engine}, ${mode}: an ordinary network fires about as in PyTorch`, async (t) => {
      const got = simulate({ kernels, network, height, width }, input, { steps, mode });
      requireGolden(t, got.output, imageOf(goldenTensor(tensors, 'output')), `${FILE}:output`);
      for (const [layer, { data }] of withoutPrefix(tensors, 'spikes.'))
        requireGolden(t, got.spikesPerStep.get(layer)!, data, `${FILE}:spikes.${layer}`);
    });
  }
}
