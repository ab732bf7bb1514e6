/**
 * ASF-BP against automatic differentiation in PyTorch (fixtures/make/unet.py): there Eqs. 9-10 are a graph whose
 * units pass the flow forward and p = 1[I_in > 0] backward. Loss and the gradient of every parameter, float64.
 */

import t from 'tap';
import { type AsfChoices, asfGradient } from '../../lib/train/asf.js';
import { backends } from '../contract/backends.js';
import { goldenFile, goldenTensor, requireClose } from '../contract/golden.js';
import { goldenExample, goldenModel, requireGradients } from '../contract/network.js';

const BOUND = 1e-5;
const cases: { network: string; logits: AsfChoices['logits'] }[] = [
  { network: 'spike/segment_w2', logits: 'mean' },
  { network: 'spike/segment_w2', logits: 'sum' },
  { network: 'spike/denoise_w1', logits: 'mean' },
];

for (const [engine, kernels] of backends) {
  for (const { network, logits } of cases) {
    t.test(`${engine}: ASF-BP of ${network}, logits ${logits}, agrees within ${BOUND}`, async (t) => {
      const { model, tensors } = goldenModel(network);
      const golden = goldenFile(`${network}_asf_${logits}`);
      const [thresholds, initialPotential, steps] = ['thresholds', 'initialPotential', 'steps'].map((key) =>
        JSON.parse(golden.metadata[key]),
      );
      const neuronParameters = { thresholds, initialPotential };
      const spiking = { ...model, neuron: golden.metadata.neuron, neuronParameters };
      const options = { steps, mode: 'auto', logits } as const;
      const { loss, gradients } = asfGradient(kernels, spiking, goldenExample(tensors), options);
      requireClose(t, [loss], goldenTensor(golden.tensors, 'loss').data, BOUND, 'loss');
      requireGradients(t, model.layers, gradients, golden.tensors, BOUND);
    });
  }
}
