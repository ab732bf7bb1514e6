/**
 * The simulation against PyTorch (fixtures/make/simulation.py), exactly: in these networks every sum is exact
 * in float32, so not one spike may differ, in no step. A golden file has the tensors that `run --dump`
 * writes; those of single steps hold o(t) and the membrane potentials besides.
 */

import t from 'tap';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { MODES, type StepRecord } from '../../lib/engine/simulate/simulation.js';
import { hasNeuron } from '../../lib/net/network.js';
import { backends } from './kernel/backends.js';
import { goldenFile, goldenTensor, imageOf, requireGolden, type Tensor } from './kernel/golden.js';
import { goldenModel, goldenNeurons } from './kernel/network.js';

const runs = [
  { network: 'spike/segment_w2', names: ['mt'] },
  {
    network: 'spike/denoise_w1',
    names: ['mt', 'mt-half', 'if', 'if-hard', 'lif', 'ml', 'ml-direct', 'signed'],
  },
  {
    network: 'spike/denoise_w1',
    names: ['mt', 'mt-half', 'if', 'lif', 'ml', 'signed', 'delayed_mt'].map((name) => `steps_${name}`),
  },
  {
    network: 'spike/denoise_w1',
    names: ['mt', 'mt-half', 'if', 'ml', 'signed'].map((name) => `delayed_${name}`),
  },
];

for (const [engine, kernels] of backends) {
  for (const { network, names } of runs) {
    const { model } = goldenModel(network);
    const layers = model.layers.filter(hasNeuron).map(({ output }) => output);
    for (const file of names.map((name) => `${network}_${name}`)) {
      const { tensors, metadata } = goldenFile(file);
      const { steps, ...neurons } = goldenNeurons(metadata);
      const spiking = { ...model, ...neurons };
      const timing = metadata.timing === 'delayed' ? 'delayed' : 'same';
      const image = goldenTensor(tensors, 'input');
      const [, height, width] = image.shape;
      for (const mode of MODES) {
        t.test(`${engine}, ${mode}: ${file} is PyTorch's`, async (t) => {
          const got = simulate({ kernels, network: spiking, height, width }, imageOf(image), {
            steps,
            mode,
            timing,
          });
          const expected = (name: string) => imageOf(goldenTensor(tensors, name));
          requireGolden(t, got.output, expected('output'), `${file}:output`);
          for (const layer of layers) {
            requireGolden(t, got.flows.get(layer)!, expected(`flow.${layer}`), `${file}:flow.${layer}`);
            const counts = goldenTensor(tensors, `spikes.${layer}`).data;
            requireGolden(t, got.spikesPerStep.get(layer)!, counts, `${file}:spikes.${layer}`);
          }
        });
      }

      if (!tensors.has(`membrane.${layers[0]}`)) continue;
      t.test(`${engine}: every step of ${file} is PyTorch's`, async (t) => {
        let seen = 0;
        const onStep = ({ layer, step, output, membrane }: StepRecord) => {
          for (const [key, values] of Object.entries({ spike: output, membrane })) {
            const name = `${key}.${layer.output}`;
            requireGolden(t, values, imagesOf(atStep(goldenTensor(tensors, name), step)), `${file}:${name}`);
          }
          seen += 1;
        };
        simulate({ kernels, network: spiking, height, width }, imageOf(image), {
          steps,
          mode: 'auto',
          timing,
          onStep,
        });
        t.equal(seen, steps * layers.length);
      });
    }
  }
}

/** A tensor [C,h,w], or several as [k,C,h,w], in the layout of the kernels. */
function imagesOf(tensor: Tensor): Float32Array {
  if (tensor.shape.length === 3) return imageOf(tensor);
  const images = Array.from({ length: tensor.shape[0] }, (_, k) => imageOf(atStep(tensor, k)));
  return Float32Array.from(images.flatMap((image) => [...image]));
}

/** One step of a tensor [T,C,h,w]. */
function atStep({ shape: [, ...shape], data }: Tensor, step: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { shape, data: data.subarray(step * size, (step + 1) * size) };
}
