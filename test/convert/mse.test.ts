/**
 * Lambdas of least squared error: against every candidate, on all activations instead of bins; and what loses
 * to what.
 */

import fc from 'fast-check';
import t from 'tap';
import { measureMseLambdas, quantise } from '../../lib/convert/mse.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { signalOf } from '../../lib/net/network.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

/**
 * What a multi-threshold neuron with N thresholds makes of a current in one step, from half of the smallest.
 */
function firesAtOnce(current: number, count: number): number {
  const neuron = findNeuron('mt');
  const thresholds = optimalThresholds(count);
  const half = neuron.half(thresholds);
  const [out, membrane] = [new Float32Array(1), Float32Array.of(half as number)];
  const parameters = neuronParameters(findNeuron('mt'), { thresholds, initialPotential: half });
  neuron.step(out, new Uint8Array(1), membrane, Float32Array.of(current), parameters);
  return out[0];
}

t.test('quantise is one step of a multi-threshold neuron that starts at half, exactly', async (t) => {
  // Multiples of 2^-12 are exact in float32 at every N, and many are half-way between two levels.
  const current = fc.integer({ min: -1024, max: 3 * 4096 }).map((n) => n / 4096);
  const power = fc.integer({ min: -6, max: 6 });
  fc.assert(
    fc.property(current, fc.integer({ min: 1, max: 8 }), power, (drawn, count, exponent) => {
      const scale = 2 ** exponent;
      const got = quantise(drawn * scale, scale, count);
      const expected = firesAtOnce(drawn, count) * scale;
      if (got !== expected) throw new Error(`${drawn} at N=${count}: ${got}, the neuron fires ${expected}`);
    }),
    { seed: 12, numRuns: 3000 },
  );
  t.equal(quantise(0.5, 1, 2), 0.5);
  t.equal(quantise(0.375, 1, 2), 0.25, 'half-way: down');
  t.equal(quantise(0.3750001, 1, 2), 0.5);
  t.equal(quantise(0.125, 1, 2), 0);
  t.equal(quantise(9, 1, 2), 0.75, 'at most 2^N - 1 levels');
  t.equal(quantise(-9, 1, 2), 0);
});

const model = randomModel({ task: 'denoise', width: 2, channels: 1, classes: 1 }, 5);
const sizes = [
  [32, 48],
  [64, 32],
];
const images = sizes.map(([height, width], i) => ({
  input: randomImage(stream(5, 'mse', i), height, width, 1),
  height,
  width,
}));

/** All positive activations of a channel, over all images. */
function activationsOf(signal: string, channels: number, channel: number): number[] {
  return images.flatMap(({ input, height, width }) => {
    const values = signalOf(forward({ kernels: reference, network: model, height, width }, input), signal);
    return [...values].filter((value, i) => i % channels === channel && value > 0);
  });
}

const squaredError = (activations: readonly number[], scale: number, count: number) =>
  activations.reduce((sum, value) => sum + (value - quantise(value, scale, count)) ** 2, 0);

/**
 * |a - q(a)| changes at most as much as a, and a bin's middle is at most half a bin away: so the root of the
 * error that was measured is within h sqrt(n) of the true one, and the chosen one within twice that of the
 * best.
 */
t.test('no candidate loses less than the chosen lambda, but for the width of the bins', async (t) => {
  const [BINS, CANDIDATES] = [8192, 256];
  const measured = measureActivations(referenceEngine, model, images, { lowest: 99.9, channels: true });
  const lambdas = measureMseLambdas(referenceEngine, model, images, measured);
  let smaller = 0;
  for (const signal of ['relu1', 'relu4', 'relu_convtranspose3', 'relu18']) {
    const { channelsOut } = model.layers.find(({ output }) => output === signal)!;
    const largest = measured.channelLambdas(signal, 100);
    for (const count of [1, 2, 4, 7]) {
      const chosen = lambdas(signal, count);
      t.equal(chosen.length, channelsOut);
      for (let c = 0; c < channelsOut; c++) {
        const activations = activationsOf(signal, channelsOut, c);
        const errors = Array.from({ length: CANDIDATES }, (_, k) =>
          squaredError(activations, (largest[c] * (k + 1)) / CANDIDATES, count),
        );
        const allowed = (largest[c] / BINS) * Math.sqrt(activations.length);
        const [got, least] = [squaredError(activations, chosen[c], count), Math.min(...errors)].map(
          Math.sqrt,
        );
        const what = `${signal}.${c}, N=${count}: ${got} for lambda ${chosen[c]}, ${least} is possible`;
        if (!(got <= least + allowed)) t.fail(what);
        if (chosen[c] < 0.9 * largest[c]) smaller += 1;
      }
    }
  }
  t.ok(smaller > 10, `${smaller} lambdas are below the largest activation: there was something to choose`);
});

t.test('a channel that never fires has the lambda of its layer', async (t) => {
  const parameters = new Map(model.parameters);
  parameters.set(
    'conv3.bias',
    model.parameters.get('conv3.bias')!.map((bias, c) => (c === 1 ? -1e3 : bias)),
  );
  const dead = { ...model, parameters };
  const measured = measureActivations(referenceEngine, dead, images, { lowest: 99.9, channels: true });
  const lambdas = measureMseLambdas(referenceEngine, dead, images, measured)('relu3', 3);
  t.equal(lambdas[1], Math.fround(measured.lambdas(100).get('relu3')!));
  t.ok(lambdas.every((lambda) => lambda > 0));
});
