/**
 * The simulation against PyTorch (fixtures/make/unet.py), exactly: in these networks every sum is exact in float32,
 * so not one spike may differ. A golden file has the tensors that `run --dump` writes.
 */

import t from 'tap';
import { simulate } from '../../lib/spike/simulate.js';
import { MODES } from '../../lib/spike/simulation.js';
import { hasNeuron } from '../../lib/unet/forward.js';
import { backends } from '../contract/backends.js';
import { goldenFile, goldenTensor, imageOf } from '../contract/golden.js';
import { goldenExample, goldenModel } from '../contract/network.js';

const runs = [
  { network: 'spike/segment_w2', neurons: ['mt'] },
  { network: 'spike/denoise_w1', neurons: ['mt', 'mt-half', 'if', 'if-hard'] },
];

for (const [engine, kernels] of backends) {
  for (const { network, neurons } of runs) {
    const { model, tensors } = goldenModel(network);
    const { input, height, width } = goldenExample(tensors);
    for (const name of neurons) {
      const golden = goldenFile(`${network}_${name}`);
      const [thresholds, initialPotential, steps] = ['thresholds', 'initialPotential', 'steps'].map((key) =>
        JSON.parse(golden.metadata[key]),
      );
      const neuronParameters = { thresholds, initialPotential };
      const spiking = { ...model, neuron: golden.metadata.neuron, neuronParameters };
      for (const mode of MODES) {
        t.test(`${engine}, ${mode}: ${network} with ${name} neurons fires as in PyTorch`, async (t) => {
          const got = simulate(kernels, spiking, input, height, width, { steps, mode });
          const expected = (tensor: string) => imageOf(goldenTensor(golden.tensors, tensor));
          t.strictSame(got.output, expected('output'), 'summed current of the last layer');
          for (const { output: layer } of model.layers.filter(hasNeuron)) {
            t.strictSame(got.flows.get(layer), expected(`flow.${layer}`), `flow of ${layer}`);
            t.strictSame(
              Float32Array.from(got.spikesPerStep.get(layer)!),
              goldenTensor(golden.tensors, `spikes.${layer}`).data,
              `spikes of ${layer} in each step`,
            );
          }
        });
      }
    }
  }
}
