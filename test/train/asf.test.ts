/**
 * ASF-BP against automatic differentiation in PyTorch (fixtures/make/asf.py): there Eqs. 9-10 are a graph
 * whose units pass the flow forward and p = 1[I_in > 0] backward, and the authors' code is a replay with
 * every bias once. Loss and the gradient of every parameter, float64; the choices of a case are in the
 * metadata of its file. Real spikes: there spikes are multiplied by their amplitudes, here weights are.
 */

import t from 'tap';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import type { Model } from '../../lib/model/model.js';
import { type Parameters, packParameters, unpackParameters } from '../../lib/net/parameters.js';
import { amplitudeShapes } from '../../lib/neuron/amplitudes.js';
import { type AsfChoices, departuresOf } from '../../lib/official/asfChoices.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, requireGolden } from '../engine/kernel/golden.js';
import {
  goldenExample,
  goldenModel,
  goldenNeurons,
  requireGradients,
  type Tensors,
} from '../engine/kernel/network.js';
import { engineOf } from '../support/engine.js';

const cases = [
  ...['mean', 'sum', 'gated', 'bounded', 'official_mt', 'official_if', 'lif', 'ml', 'rs', 'signed'].map(
    (name) => ['spike/segment_w2', name],
  ),
  ...['mean', 'gated', 'official_mt', 'official_if'].map((name) => ['spike/denoise_w1', name]),
];

for (const [engine, kernels] of backends) {
  for (const [network, name] of cases) {
    t.test(`${engine}: ASF-BP of ${network}, ${name}, is PyTorch's`, async (t) => {
      const { model, tensors } = goldenModel(network);
      const file = `${network}_asf_${name}`;
      const golden = goldenFile(file);
      const { steps, ...neurons } = goldenNeurons(golden.metadata);
      const { logits, flow = 'fired', flowBias = 'steps', gate = 'positive' } = golden.metadata;
      const choices = { logits, flow, flowBias, gate } as AsfChoices;
      const parameters = withGoldenAmplitudes(model, golden.tensors);
      const method = asf({ steps }, departuresOf(choices));
      const { loss, gradients } = engineOf(kernels).gradient({ ...model, parameters, ...neurons }, method, [
        goldenExample(tensors),
      ]);
      requireGolden(t, [loss], goldenTensor(golden.tensors, 'loss').data, `${file}:loss`);
      requireGradients(t, model.layers, gradients, file);
    });
  }
}

/** The parameters of a network, and the amplitudes that a golden file has besides. */
function withGoldenAmplitudes({ layers, parameters }: Model, tensors: Tensors): Parameters {
  const amplitudes = [...tensors].filter(([name]) => /^conv\w*\.amplitude$/.test(name));
  return packParameters(
    layers,
    new Map([...unpackParameters(layers, parameters), ...amplitudes]),
    'golden',
    amplitudeShapes,
  );
}
