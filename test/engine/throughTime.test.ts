/**
 * Back-propagation through time against automatic differentiation in PyTorch (fixtures/make/direct.py): the same network over
 * T steps as one graph, spikes with each surrogate, the reset in the graph or not; loss and the gradient of every parameter.
 */

import t from 'tap';
import { throughTime } from '../../lib/engine/throughTime.js';
import { findSurrogate } from '../../lib/neuron/surrogate.js';
import { engineOf } from '../support/engine.js';
import { backends } from './kernel/backends.js';
import { goldenFile, goldenTensor, requireGolden } from './kernel/golden.js';
import { goldenExample, goldenModel, goldenNeurons, requireGradients } from './kernel/network.js';

for (const [engine, kernels] of backends) {
  for (const name of ['mt', 'if', 'if-hard', 'lif', 'ml', 'ml-soft']) {
    t.test(`${engine}: training ${name} through time is PyTorch's`, async (t) => {
      const { model, tensors } = goldenModel('direct/network');
      const file = `direct/${name}`;
      const golden = goldenFile(file);
      const neuron = name.replace('-soft', '');
      const { neuron: kind, neuronParameters } = goldenNeurons({ ...golden.metadata, neuron });
      const cases: string[] = JSON.parse(golden.metadata.cases);
      t.ok(cases.length > 5);
      for (const label of cases) {
        const [surrogate, reset, steps] = label.split('.');
        const derivative = { surrogate: findSurrogate(surrogate), reset: reset as 'detached' | 'attached' };
        const network = { ...model, neuron: kind, neuronParameters };
        const method = throughTime({ steps: Number(steps), derivative });
        const { loss, gradients } = engineOf(kernels).gradient(network, method, [goldenExample(tensors)]);
        requireGolden(t, [loss], goldenTensor(golden.tensors, `${label}.loss`).data, `${file}:${label}.loss`);
        requireGradients(t, model.layers, gradients, file, `${label}.`);
      }
    });
  }
}
