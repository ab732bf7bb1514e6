/**
 * Spiking-FCN against PyTorch (fixtures/make/spiking_fcn.py) on every engine: with ReLUs its output and
 * gradients; with LIF neurons every spike, the mean current, and the gradients of training through time. Then
 * against the text of the paper, which is loops over the same layers, to the bit.
 */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import type { Example } from '../../lib/engine/learn/method.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { MODES } from '../../lib/engine/simulate/simulation.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { hasNeuron } from '../../lib/net/network.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { findBatchNormalisation } from '../../lib/neuron/batchNormalisation.js';
import { foldNormalisation } from '../../lib/neuron/foldedNormalisation.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { withNormalisation } from '../../lib/neuron/normalisedParameters.js';
import { departuresOf } from '../../lib/official/asfChoices.js';
import { asfGradient } from '../../lib/paper/asf.js';
import { segmentationLoss } from '../../lib/paper/loss.js';
import { simulate, withThresholds } from '../../lib/paper/simulate.js';
import { engineOf, floatImage, referenceEngine } from '../support/engine.js';
import { randomImage } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';
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

const classes = 2;
const configuration = {
  architecture: 'spiking-fcn',
  task: 'segment',
  width: 1,
  channels: 1,
  classes,
} as const;
const layers = buildLayers(configuration);
const thresholds = [1, 0.5, 0.25];
const mt = findNeuron('mt');
const spiking = {
  layers,
  parameters: initialParameters(layers, 6),
  ...{ neuron: mt, neuronParameters: neuronParameters(mt, { thresholds }) },
};

/** An image and a target of sides that are multiples of 8. */
function drawnExample(height: number, width: number, seed: number): Example {
  const random = stream(seed, 'spiking-fcn');
  const image = floatImage(randomImage(random, height, width, 1), height, width);
  return { image, target: Uint8Array.from({ length: height * width }, () => random.integer(classes)) };
}

t.test(
  'of any size, engines and modes have the bits of the text, for the simulation and for ASF-BP',
  async (t) => {
    for (const [seed, height, width] of [
      [1, 8, 8],
      [2, 24, 8],
      [3, 16, 40],
    ]) {
      const example = drawnExample(height, width, seed);
      const { image, target } = example;
      const update = withThresholds(thresholds);
      const text = simulate(spiking, image.data, [height, width], 3, update);
      const loss = (prediction: Float32Array) => segmentationLoss(prediction, target as Uint8Array);
      const { byLayer } = asfGradient(spiking, image.data, [height, width], 3, update, loss);
      t.ok(text.spikes > 50, `${text.spikes} spikes`);
      for (const [, kernels] of backends) {
        for (const mode of MODES) {
          const got = engineOf(kernels).prepare(spiking).simulate(image, { steps: 3, mode });
          t.equal(got.spikes, text.spikes);
          t.doesNotThrow(() => requireSameBits(got.output, text.Iin.get(OUTPUT)!, 'output'));
          t.equal(got.flows.size, layers.length - 1, 'of all layers but the last');
          for (const [name, flow] of got.flows)
            t.doesNotThrow(() => requireSameBits(flow, text.Iout.get(name)!, name));
        }
        const { gradients } = engineOf(kernels).gradient(spiking, asf({ steps: 3 }), [example]);
        for (const [name, { weight, bias }] of byLayer) {
          t.doesNotThrow(() => requireSameBits(gradients.get(`${name}.weight`)!, weight, name));
          if (!name.startsWith('upsample'))
            t.doesNotThrow(() => requireSameBits(gradients.get(`${name}.bias`)!, bias, name));
        }
      }
    }
  },
);

t.test('engines train it through time with the same bits, with batch normalisation as well', async (t) => {
  const examples = [4, 5].map((seed) => drawnExample(16, 8, seed));
  const plain = { ...spiking, ...neurons };
  const batchNormalisation = findBatchNormalisation('bn');
  const normalised = {
    ...plain,
    parameters: withNormalisation(layers, plain.parameters, batchNormalisation, 2),
    batchNormalisation,
  };
  for (const network of [plain, normalised]) {
    const on = (kernels: Kernels) =>
      engineOf(kernels).gradient(network, throughTime({ steps: 2 }), examples).gradients;
    const [[, first], ...others] = backends;
    const expected = on(first);
    for (const [, kernels] of others)
      for (const [name, values] of on(kernels))
        t.doesNotThrow(() => requireSameBits(values, expected.get(name)!, name));
  }
  const { statistics } = referenceEngine.gradient(normalised, throughTime({ steps: 2 }), examples);
  t.equal(statistics?.size, 2 * 9, 'a mean and a variance of every convolution 3x3');
  const folded = foldNormalisation(normalised);
  t.strictSame([...folded.parameters.keys()].sort(), [...plain.parameters.keys()].sort());
});

t.test('events are the steps in which a current was not 0', async (t) => {
  const { image } = drawnExample(8, 16, 5);
  const program = referenceEngine.prepare(spiking);
  const once = program.simulate(image, { steps: 1 });
  const pooled = once.eventCounts.get('pooling1')!;
  t.strictSame(
    [...pooled],
    [...once.flows.get('pooling1')!].map((value) => Number(value !== 0)),
  );
  t.ok(pooled.includes(0) && pooled.includes(1));
  t.equal(program.simulate(image, { steps: 1, keep: [] }).eventCounts.size, 0);
  t.notOk(once.spikeCounts.has('pooling1') || once.currents.has('pooling1'));
});

t.test('converted, its rates tend to the activations', async (t) => {
  const { image } = drawnExample(16, 16, 7);
  const program = referenceEngine.prepare(spiking);
  const [unet, T] = [program.run(image), 200];
  const largest = Math.max(...unet.map(Math.abs));
  const { output } = program.simulate(image, { steps: T });
  t.ok(largest > 0.1);
  t.ok(output.every((sum, n) => Math.abs(sum / T - unet[n]) < 0.05 * largest));
});

t.test('what a layer without neurons cannot take part in is refused by its name', async (t) => {
  const example = drawnExample(8, 8, 6);
  const delayed = () =>
    referenceEngine.prepare(spiking).simulate(example.image, { steps: 2, timing: 'delayed' });
  t.throws(delayed, /^timing delayed: no neurons follow score1, so nothing waits there: take timing same/);
  const single = {
    ...spiking,
    neuron: findNeuron('if'),
    neuronParameters: neuronParameters(findNeuron('if'), {}),
  };
  for (const flow of ['gated', 'counted'] as const) {
    const method = asf({ steps: 2 }, departuresOf({ flow }));
    t.throws(
      () => referenceEngine.gradient(single, method, [example]),
      new RegExp(`^flow ${flow}: no neurons follow score1`),
    );
  }
});
