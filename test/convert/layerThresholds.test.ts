/**
 * Layers with neurons of their own: other thresholds, or poolings that pass on the mean. Both engines and all
 * modes give the same bits, and spikes are PyTorch's (fixtures/make/spike_goldens.py).
 */

import fc from 'fast-check';
import t from 'tap';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { MODES, type Simulation } from '../../lib/engine/simulate/simulation.js';
import { simulateSteps } from '../../lib/engine/simulate/stepByStep.js';
import { wasmKernels, wasmMissing } from '../../lib/engine/wasm/index.js';
import type { Layer } from '../../lib/net/architecture.js';
import { hasNeuron } from '../../lib/net/network.js';
import { exact } from '../../lib/neuron/exact.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import type { LayerNeuron, SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from '../engine/kernel/golden.js';
import { goldenModel } from '../engine/kernel/network.js';
import { requireSameSimulation } from '../engine/kernel/simulations.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

const missing = wasmMissing(nodeHost);
const engines =
  missing === undefined
    ? [1, 3].map((threads) => wasmKernels({ threads, host: nodeHost, poison: true }))
    : [];

/** Neurons with up to `most` thresholds of 2^-6 to 2 volts, from their half or from 0.1 V. */
function drawNeuron(seed: number, layer: Layer, names: readonly string[], most: number): LayerNeuron {
  const random = stream(seed, 'neuron', layer.output);
  const name = names[random.integer(names.length)];
  const neuron = findNeuron(name);
  const count = 1 + random.integer(Math.min(most, neuron.parameters.thresholds.most));
  const volts = Array.from({ length: count }, () => 2 ** (7 * random.uniform() - 6));
  const thresholds = volts.sort((a, b) => b - a);
  const initialPotential = random.integer(3) > 0 ? neuron.half(thresholds) : 0.1;
  const { leak: leaks, reset: kinds } = neuron.parameters;
  const leak =
    leaks.wrong(0.75, thresholds, name) === undefined && random.integer(4) === 0 ? 0.75 : undefined;
  const resets = (['soft', 'hard'] as const).filter((word) => !kinds.wrong(word, thresholds, name));
  const reset = resets.at(-1 - random.integer(resets.length));
  return { neuron, parameters: neuronParameters(neuron, { thresholds, initialPotential, leak, reset }) };
}

const simulationCase = fc.record({
  task: fc.constantFrom('segment' as const, 'denoise' as const),
  channels: fc.constantFrom(1, 3),
  width: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 5, max: 17 }) },
  ),
  height: fc.constantFrom(16, 32),
  names: fc.constantFrom(['mt'], ['ml'], ['if', 'if-hard', 'lif'], ['mt', 'ml', 'if']),
  most: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(),
  steps: fc.integer({ min: 1, max: 5 }),
  atOnce: fc.constantFrom(undefined, 1, 2, 3),
});

t.test('layers with other neurons leave the same bits in every engine and mode', async (t) => {
  let [deep, apart] = [0, 0];
  const property = fc.property(simulationCase, (drawn) => {
    const { task, channels, width, height, names, most, seed, steps, atOnce } = drawn;
    const model = randomModel({ task, width, channels, classes: channels }, seed);
    const others = new Map(
      model.layers.filter(hasNeuron).map((layer) => [layer.output, drawNeuron(seed, layer, names, most)]),
    );
    const [skip, up] = ['relu2', 'relu_convtranspose4'].map(
      (name) => others.get(name)!.parameters.thresholds,
    );
    if (skip.join() !== up.join()) apart += 1;
    const network: SpikingNetwork = {
      ...model,
      neuron: findNeuron(names[0]),
      neuronParameters: neuronParameters(findNeuron(names[0]), {}),
      otherNeurons: others,
    };
    const image = randomImage(stream(seed, 'image'), height, 16, channels);
    const options = { steps, ...(atOnce && { stepsAtOnce: atOnce }) };
    const expected = simulateSteps({ kernels: reference, network, height, width: 16 }, image, {
      ...options,
      mode: 'dense',
    });
    if (expected.flows.get('relu18')!.some((flow) => flow !== 0)) deep += 1;
    for (const kernels of [reference, ...engines]) {
      for (const mode of MODES) {
        kernels.scope(() => {
          const got = simulate({ kernels, network, height, width: 16 }, image, { ...options, mode });
          requireSameSimulation(got, expected);
        });
      }
    }
  });
  fc.assert(property, { seed: 411, numRuns: 16 });
  t.ok(deep >= 12, `spikes reached the last layer of neurons in ${deep} of 16 networks`);
  t.ok(apart >= 13, `the parts of a concatenation had other thresholds in ${apart}`);
  if (missing) t.comment(`without WebAssembly: ${missing}`);
});

t.test('a layer that is not named has the neurons of the network', async (t) => {
  const network = dyadicNetwork({ task: 'segment', width: 2, channels: 1, classes: 2 }, 'mt', [1, 0.5]);
  const image = randomImage(stream(6, 'image'), 32, 16, 1);
  const all = new Map(
    network.layers.filter(hasNeuron).map(({ output }) => [
      output,
      {
        neuron: findNeuron('mt'),
        parameters: neuronParameters(findNeuron('mt'), { thresholds: [1, 0.5] }),
      },
    ]),
  );
  for (const kernels of [reference, ...engines]) {
    const run = (otherNeurons: SpikingNetwork['otherNeurons']) =>
      simulate(
        { kernels, network: { ...network, ...(otherNeurons && { otherNeurons }) }, height: 32, width: 16 },
        image,
        {
          steps: 3,
          mode: 'auto',
        },
      );
    t.doesNotThrow(() => requireSameSimulation(run(all), run(undefined)));
    const one = run(new Map([['relu3', all.get('pooling1')!]]));
    t.doesNotThrow(() => requireSameSimulation(one, run(undefined)));
  }
});

t.test('exact poolings fire nothing and hand on the mean of the spikes that they read', async (t) => {
  const plain = dyadicNetwork({ task: 'segment', width: 3, channels: 1, classes: 2 }, 'mt', [1, 0.5, 0.25]);
  const pools = plain.layers.filter(({ op }) => !op.hasWeights);
  const network = { ...plain, otherNeurons: new Map(pools.map(({ output }) => [output, exact])) };
  const [height, width] = [32, 48];
  const image = randomImage(stream(7, 'image'), height, width, 1).map((value) => Math.round(16 * value) / 16);
  const run = (kernels = reference, mode = MODES[0]) =>
    simulate({ kernels, network, height, width }, image, { steps: 4, mode });
  const expected = run();
  for (const { output, inputs, scale, channelsOut } of pools) {
    const level = Math.log2(scale.over);
    t.equal(expected.spikesPerStep.get(output)!.join(), '0,0,0,0', output);
    t.ok(expected.spikeCounts.get(output)!.every((count) => count === 0));
    const flow = expected.flows.get(output)!;
    const length = (height >> (level + 1)) * (width >> (level + 1)) * channelsOut;
    requireSameBits(flow, meanOf(expected, inputs[0], length, width >> level, channelsOut), output);
    t.ok(flow.some((value) => value > 0));
  }
  for (const kernels of [reference, ...engines]) {
    for (const mode of MODES) t.doesNotThrow(() => requireSameSimulation(run(kernels, mode), expected), mode);
  }
});

/** The 2x2 means of a signal's flow [h,w,C], `width` pixels wide; exact, because the flow is dyadic. */
function meanOf({ flows }: Simulation, name: string, length: number, width: number, channels: number) {
  const flow = flows.get(name)!;
  return Float32Array.from({ length }, (_, i) => {
    const [c, pixel] = [i % channels, Math.floor(i / channels)];
    const [y, x] = [Math.floor(pixel / (width / 2)), pixel % (width / 2)];
    const at = (dy: number, dx: number) => flow[((2 * y + dy) * width + 2 * x + dx) * channels + c];
    return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
  });
}

const NETWORK = 'spike/denoise_w1';
/** What a file must say besides, and what does not matter here. */
const REST = { normalisation: 'connection', percentile: '99.9', lambdas: '{}', inputLambdas: '{}' };

for (const name of ['layers-mt', 'layers-ml', 'layers-exact']) {
  const file = `${NETWORK}_${name}`;
  const { tensors, metadata } = goldenFile(file);
  const { model } = goldenModel(NETWORK);
  const spiking = toSpikingModel({ ...model, stage: 'snn', notes: { ...metadata, ...REST } }, file);
  const image = goldenTensor(tensors, 'input');
  const [, height, width] = image.shape;
  const steps = spiking.conversion.steps!;
  for (const [engine, kernels] of backends) {
    for (const mode of MODES) {
      t.test(`${engine}, ${mode}: ${file} is PyTorch's`, async (t) => {
        const got = simulate({ kernels, network: spiking, height, width }, imageOf(image), { steps, mode });
        requireGolden(t, got.output, imageOf(goldenTensor(tensors, 'output')), `${file}:output`);
        for (const { output } of model.layers.filter(hasNeuron)) {
          const flow = imageOf(goldenTensor(tensors, `flow.${output}`));
          requireGolden(t, got.flows.get(output)!, flow, `${file}:flow.${output}`);
          const counts = goldenTensor(tensors, `spikes.${output}`).data;
          requireGolden(t, got.spikesPerStep.get(output)!, counts, `${file}:spikes.${output}`);
        }
      });
    }
  }
}
