/**
 * Channel-wise normalisation: the network computes the same in other units; and lambdas, weights and the
 * spiking network against PyTorch and numpy (fixtures/make/channel_goldens.py).
 */

import fc from 'fast-check';
import t from 'tap';
import { convertModel } from '../../lib/convert/conversion.js';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { MODES } from '../../lib/engine/simulate/simulation.js';
import type { Layer } from '../../lib/net/architecture.js';
import { hasNeuron, hasRelu, signalOf } from '../../lib/net/network.js';
import { type Parameters, unpackParameters } from '../../lib/net/parameters.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from '../engine/kernel/golden.js';
import { goldenModel, withoutPrefix } from '../engine/kernel/network.js';
import { engineOf } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const BOUND = 1e-5;

/** Random lambdas, a thousandth to a thousand times each other, for every channel after a ReLU. */
function drawLambdas(layers: readonly Layer[], seed: number): Map<string, Float32Array> {
  const random = stream(seed, 'lambdas');
  const draw = () => 2 ** (10 * random.uniform() - 5);
  return new Map(
    layers
      .filter(hasRelu)
      .map(({ output, channelsOut }) => [output, Float32Array.from({ length: channelsOut }, draw)]),
  );
}

t.test(`channel by channel the network is itself in other units: within ${BOUND} of a signal`, async (t) => {
  const drawing = fc.record({
    task: fc.constantFrom('segment' as const, 'denoise' as const),
    width: fc.integer({ min: 1, max: 4 }),
    channels: fc.constantFrom(1, 3),
    seed: fc.nat(),
  });
  let worst = 0;
  fc.assert(
    fc.property(drawing, ({ task, width, channels, seed }) => {
      const model = randomModel({ task, width, channels, classes: channels }, seed);
      const lambdas = drawLambdas(model.layers, seed);
      const ofLayers = new Map(model.layers.map(({ output }) => [output, 1]));
      const { parameters, scales } = normaliseModel(model, ofLayers, 'channel', undefined, lambdas);
      const image = randomImage(stream(seed, 'image'), 32, 16, channels);
      const original = forward({ kernels: reference, network: model, height: 32, width: 16 }, image);
      const normalised = forward(
        { kernels: reference, network: { layers: model.layers, parameters }, height: 32, width: 16 },
        image,
      );
      const units = new Map<string, Float32Array>(lambdas);
      for (const { layer } of scales) {
        if (!layer.op.hasWeights) units.set(layer.output, units.get(layer.inputs[0])!);
        const [ours, theirs] = [normalised, original].map((signals) => signalOf(signals, layer.output));
        const unit = units.get(layer.output) ?? new Float32Array(layer.channelsOut).fill(1);
        const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
        ours.forEach((value, i) => {
          const error = Math.abs(value * unit[i % unit.length] - theirs[i]) / largest;
          worst = Math.max(worst, error);
          if (!(error <= BOUND)) throw new Error(`${layer.output}[${i}]: ${error}`);
        });
      }
    }),
    { seed: 77, numRuns: 12 },
  );
  t.ok(worst > 0, `12 random networks, worst error ${worst.toExponential(1)}`);
});

t.test('poolings hand on the lambda of each channel, concatenations join those of their parts', async (t) => {
  const model = randomModel({ task: 'segment', width: 2, channels: 3, classes: 2 }, 4);
  const lambdas = drawLambdas(model.layers, 4);
  const ofLayers = new Map(model.layers.map(({ output }) => [output, 1]));
  const { scales } = normaliseModel(model, ofLayers, 'channel', undefined, lambdas);
  const of = new Map(scales.map(({ layer, channels }) => [layer.name, channels!]));
  t.strictSame([...of.get('conv1')!.in], [1, 1, 1]);
  t.strictSame([...of.get('conv19')!.out], [1, 1]);
  t.strictSame(of.get('pooling2')!.out, lambdas.get('relu4'));
  t.strictSame(of.get('conv5')!.in, lambdas.get('relu4'));
  const joined = [...lambdas.get('relu2')!, ...lambdas.get('relu_convtranspose4')!];
  t.strictSame([...of.get('conv17')!.in], joined, 'first the skip connection, then what comes from below');
});

t.test('lambdas of channels are for channel-wise normalisation only, which needs them', async (t) => {
  const model = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 4);
  const lambdas = new Map(model.layers.map(({ output }) => [output, 1]));
  t.throws(() => normaliseModel(model, lambdas, 'channel'), /lambdas of the channels/);
  const ofChannels = drawLambdas(model.layers, 1);
  t.throws(
    () => normaliseModel(model, lambdas, 'connection', undefined, ofChannels),
    /lambdas of the channels/,
  );
});

/** [O,I] of each weight in PyTorch's layout (transposed [I,O]): its kernels summed; biases as they are. */
function kernelSums(layers: readonly Layer[], parameters: Parameters): [string, Float64Array][] {
  return [...unpackParameters(layers, parameters)].map(([name, { shape, data }]) => {
    const taps = shape.length === 4 ? shape[2] * shape[3] : 1;
    const sums = new Float64Array(data.length / taps);
    data.forEach((value, i) => {
      sums[Math.floor(i / taps)] += value;
    });
    return [name, sums];
  });
}

const goldens = [
  { file: 'unet/channels_segment_w2', network: 'unet/segment_w2' },
  { file: 'unet/channels_denoise_w3', network: 'unet/channels_denoise_w3' },
  { file: 'unet/channels_denoise_w4', network: 'unet/denoise_w4' },
];

for (const [engine, kernels] of backends) {
  for (const { file, network } of goldens) {
    t.test(`${engine}: ${file} is numpy's and PyTorch's`, async (t) => {
      const { model } = goldenModel(network);
      const { tensors, metadata } = goldenFile(file);
      const images = [...withoutPrefix(tensors, 'image.').values()].map((image) => {
        const [, height, width] = image.shape;
        return { input: imageOf(image), height, width };
      });
      const percentile = Number(metadata.percentile);
      const measured = measureActivations(engineOf(kernels), model, images, {
        lowest: percentile,
        channels: true,
      });
      const spiking = convertModel(model, measured, {
        neuron: findNeuron(metadata.neuron),
        thresholds: JSON.parse(metadata.thresholds),
        initialPotential: 'half',
        normalisation: 'channel',
        percentile,
      });
      t.equal(metadata.initialPotential, 'half');
      const lambdas = withoutPrefix(tensors, 'lambda.');
      t.strictSame([...spiking.channelLambdas!.keys()].sort(), [...lambdas.keys()].sort());
      for (const [name, { data }] of lambdas)
        requireGolden(t, spiking.channelLambdas!.get(name)!, data, `${file}:lambda.${name}`);
      for (const [name, sums] of kernelSums(model.layers, spiking.parameters))
        requireGolden(t, sums, goldenTensor(tensors, `sum.${name}`).data, `${file}:sum.${name}`);

      const image = goldenTensor(tensors, 'input');
      const [, height, width] = image.shape;
      const steps = Number(metadata.steps);
      for (const mode of MODES) {
        const got = simulate({ kernels, network: spiking, height, width }, imageOf(image), { steps, mode });
        requireGolden(t, got.output, imageOf(goldenTensor(tensors, 'output')), `${file}:output`);
        for (const { output } of model.layers.filter(hasNeuron)) {
          const counts = goldenTensor(tensors, `spikes.${output}`).data;
          requireGolden(t, got.spikesPerStep.get(output)!, counts, `${file}:spikes.${output}`);
        }
      }
    });
  }
}

t.test('the golden network has channels that hardly fire, or never', async (t) => {
  const lambdas = withoutPrefix(goldenFile('unet/channels_denoise_w3').tensors, 'lambda.');
  const largest = (name: string) => Math.max(...lambdas.get(name)!.data);
  t.equal(lambdas.get('relu4')!.data[2], Math.min(...lambdas.get('relu4')!.data));
  t.ok(lambdas.get('relu4')!.data[2] > largest('relu4') / 200, 'its lambda is that of its layer over 64');
  t.ok(lambdas.get('relu3')!.data[1] > 0, 'its lambda is that of its layer');
  t.ok(
    lambdas.get('relu9')!.data.every((lambda) => lambda === 1),
    'a whole layer: 1',
  );
  t.equal(
    new Set(lambdas.get('relu10')!.data).size,
    1,
    'so few pixels that all have the lambda of the layer',
  );
  t.ok(new Set(lambdas.get('relu7')!.data).size > 1);
});
