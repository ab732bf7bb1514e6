/**
 * Spiking-FCN against PyTorch (fixtures/make/spiking_fcn.py) on every engine: with ReLUs its output and
 * gradients; with LIF neurons every spike, the mean current, and the gradients of training through time.
 */

import t from 'tap';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { MODES } from '../../lib/engine/simulate/simulation.js';
import { hasNeuron } from '../../lib/net/network.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { engineOf } from '../support/engine.js';
import { backends } from './kernel/backends.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from './kernel/golden.js';
import { goldenExample, goldenModel, requireGradients } from './kernel/network.js';

const neuron = findNeuron('lif');
const neurons = { neuron, neuronParameters: neuronParameters(neuron, {}) };

for (const [engine, kernels] of backends) {
  for (const file of ['fcn/relu_w2', 'fcn/relu_w3']) {
    t.test(`${engine}: ${file}: output, loss and gradients are PyTorch's`, async (t) => {
      const { model, tensors } = goldenModel(file);
      const example = goldenExample(tensors);
      const output = engineOf(kernels).prepare(model).run(example.image);
      requireGolden(t, output, imageOf(goldenTensor(tensors, 'output')), `${file}:output`);
      const { loss, gradients } = engineOf(kernels).gradient(model, backprop, [example]);
      requireGolden(t, [loss], goldenTensor(tensors, 'loss').data, `${file}:loss`);
      requireGradients(t, model.layers, gradients, file);
    });
  }

  for (const file of ['fcn/lif_w2', 'fcn/lif_w3']) {
    const { model, tensors } = goldenModel(file);
    const network = { ...model, ...neurons };
    const example = goldenExample(tensors);
    const steps = Number(goldenFile(file).metadata.steps);

    for (const mode of MODES) {
      t.test(`${engine}, ${mode}: ${file}: every spike is PyTorch's`, async (t) => {
        const got = engineOf(kernels).prepare(network).simulate(example.image, { steps, mode });
        const mean = got.output.map((sum) => sum / steps);
        requireGolden(t, mean, imageOf(goldenTensor(tensors, 'output')), `${file}:output`);
        for (const { output } of model.layers.filter(hasNeuron)) {
          const flow = imageOf(goldenTensor(tensors, `flow.${output}`));
          requireGolden(t, got.flows.get(output)!, flow, `${file}:flow.${output}`);
          const counts = goldenTensor(tensors, `spikes.${output}`).data;
          requireGolden(t, got.spikesPerStep.get(output)!, counts, `${file}:spikes.${output}`);
        }
      });
    }

    t.test(`${engine}: ${file}: loss and gradients through time are PyTorch's`, async (t) => {
      const { loss, gradients } = engineOf(kernels).gradient(network, throughTime({ steps }), [example]);
      requireGolden(t, [loss], goldenTensor(tensors, 'loss').data, `${file}:loss`);
      requireGradients(t, model.layers, gradients, file);
    });
  }
}
