/**
 * Layers that WebAssembly runs through many steps at once give the bits of the plain simulation, which goes
 * step by step: on random networks, neurons, sizes and windows.
 */

import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import {
  ALL_SUMS,
  MODES,
  type SimulationOptions,
  type WatchedOptions,
} from '../../lib/engine/simulate/simulation.js';
import { simulationBytes, stepsAtOnce } from '../../lib/engine/simulate/simulationMemory.js';
import { simulateSteps } from '../../lib/engine/simulate/stepByStep.js';
import { wasmKernels, wasmMissing } from '../../lib/engine/wasm/index.js';
import type { Model } from '../../lib/model/model.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { mapParameters } from '../../lib/net/parameters.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { randomImage, randomModel } from '../support/networks.js';
import { requireSameBits, tensorSource } from './kernel/bits.js';
import { requireSameSimulation } from './kernel/simulations.js';

const missing = wasmMissing(nodeHost);
const engines: readonly Kernels[] =
  missing === undefined
    ? [
        ...[1, 3].map((threads) => wasmKernels({ threads, host: nodeHost, poison: true })),
        wasmKernels({ threads: 1, poison: true }), // without shared memory
      ]
    : [];
const options = { skip: missing ?? false };

const side = fc.constantFrom(16, 32, 48);
/** Channels are padded to blocks of 16: width 17 crosses them in every layer, and is slow. */
const shape = fc.oneof(
  { weight: 9, arbitrary: fc.record({ width: fc.integer({ min: 1, max: 3 }), height: side, breadth: side }) },
  { weight: 1, arbitrary: fc.constant({ width: 17, height: 16, breadth: 32 }) },
);
const volts = fc.double({ min: 0.02, max: 2, noNaN: true });
const leak = fc.oneof(fc.constantFrom(1, 0.99, 0.25, 0), fc.double({ min: 0, max: 1, noNaN: true }));
const reset = fc.constantFrom('soft' as const, 'hard' as const);
const several = fc
  .uniqueArray(volts, { minLength: 1, maxLength: 8 })
  .map((drawn) => drawn.sort((a, b) => b - a));
const one = volts.map((threshold) => [threshold]);
/** Values of as many spikes as there are thresholds; undefined: the neuron's own. */
const worth = fc.option(fc.array(volts, { minLength: 8, maxLength: 8 }), { nil: undefined });
const neuron = fc.oneof(
  fc.record({ name: fc.constant('mt'), thresholds: several, leak, worth }),
  fc.record({ name: fc.constant('ml'), thresholds: several, leak, reset, worth }),
  fc.record({ name: fc.constantFrom('lif', 'rs'), thresholds: one, leak, reset, worth }),
  fc.record({ name: fc.constantFrom('if', 'if-hard'), thresholds: one }),
);
const simulationCase = fc.record({
  task: fc.constantFrom('segment' as const, 'denoise' as const),
  channels: fc.constantFrom(1, 3),
  shape,
  neuron,
  initialPotential: fc.oneof(fc.constant(0), fc.double({ min: -0.5, max: 1, noNaN: true })),
  rough: fc.nat({ max: 3 }).map((draw) => draw === 0),
  seed: fc.nat(),
  steps: fc.integer({ min: 1, max: 7 }),
  mode: fc.constantFrom(...MODES),
  atOnce: fc.constantFrom(undefined, 1, 2, 3),
  corners: fc.option(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { nil: undefined }),
  scoped: fc.boolean(),
});
type Case = typeof simulationCase extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/**
 * Networks of width 17 differ in task and channels only: to draw their weights takes longer than to run them.
 */
const wide = new Map<string, Model>();

function modelOf({ task, channels, shape: { width }, seed }: Case): Model {
  const draw = () => randomModel({ task, width, channels, classes: channels }, seed);
  if (width < 17) return draw();
  const key = `${task} ${channels}`;
  const model = wide.get(key) ?? draw();
  wide.set(key, model);
  return model;
}

/** A network of a case; a rough one has weights of all magnitudes, and zeros of both signs. */
function networkOf(drawn: Case): SpikingNetwork {
  const { neuron, initialPotential, rough, seed } = drawn;
  const { layers, parameters } = modelOf(drawn);
  const next = tensorSource(seed, 0.7);
  const spikeValues = 'worth' in neuron ? neuron.worth?.slice(0, neuron.thresholds.length) : undefined;
  return {
    layers,
    parameters: rough ? mapParameters(parameters, ({ length }) => next(length)) : parameters,
    neuron: findNeuron(neuron.name),
    neuronParameters: neuronParameters(findNeuron(neuron.name), { ...neuron, spikeValues, initialPotential }),
  };
}

/** The options of a case; a window has its sides on the grid of 16 and is never empty. */
function optionsOf({ shape, steps, mode, atOnce, corners }: Case): SimulationOptions {
  const interval = (extent: number, a: number, b: number): [number, number] => {
    const first = a % (extent / 16);
    return [16 * first, 16 * (first + 1 + (b % (extent / 16 - first)))];
  };
  if (!corners) return { steps, mode, ...(atOnce && { stepsAtOnce: atOnce }) };
  const [top, bottom] = interval(shape.height, corners[0], corners[1]);
  const [left, right] = interval(shape.breadth, corners[2], corners[3]);
  return { steps, mode, counted: { top, bottom, left, right }, ...(atOnce && { stepsAtOnce: atOnce }) };
}

t.test('layer by layer, a simulation has the bits of the one step by step', options, async (t) => {
  let deep = 0;
  const property = fc.property(simulationCase, (drawn) => {
    const { height, breadth } = drawn.shape;
    const network = networkOf(drawn);
    const image = randomImage(stream(drawn.seed, 'image'), height, breadth, drawn.channels);
    const run = optionsOf(drawn);
    const expected = simulateSteps({ kernels: reference, network, height, width: breadth }, image, run);
    if (expected.flows.get('relu18')!.some((flow) => flow !== 0)) deep += 1;
    for (const kernels of engines) {
      const check = () =>
        requireSameSimulation(simulate({ kernels, network, height, width: breadth }, image, run), expected);
      if (drawn.scoped) kernels.scope(check);
      else check();
    }
  });
  fc.assert(property, { seed: 20234, numRuns: 60 });
  t.ok(deep >= 30, `spikes reached the last layer of neurons in ${deep} of 60 networks`);
});

const small = { height: 32, width: 16, steps: 4 };
const model = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 8);
const image = randomImage(stream(8, 'image'), small.height, small.width, 1);
const withThresholds = (thresholds: readonly number[]): SpikingNetwork => ({
  ...model,
  neuron: findNeuron('mt'),
  neuronParameters: neuronParameters(findNeuron('mt'), { thresholds, initialPotential: 0.1 }),
});
const run = (kernels: Kernels, network: SpikingNetwork, more: Partial<WatchedOptions> = {}) =>
  simulate({ kernels, network, height: small.height, width: small.width }, image, {
    steps: small.steps,
    mode: 'auto',
    ...more,
  });

t.test('sums that are not to be kept are not there, and change nothing else', async (t) => {
  const network = withThresholds([1, 0.5, 0.25]);
  const expected = run(reference, network);
  for (const kernels of [reference, ...engines]) {
    const nothing = run(kernels, network, { keep: [] });
    for (const sum of ALL_SUMS) t.equal(nothing[sum].size, 0, sum);
    for (const keep of [[], ...ALL_SUMS.map((sum) => [sum]), ['flows', 'spikeCounts'] as const])
      t.doesNotThrow(() => requireSameSimulation(run(kernels, network, { keep }), expected, keep));
  }
  t.ok(expected.spikes > 0);
});

t.test('more thresholds than the fused neuron has are simulated step by step', options, async (t) => {
  const thresholds = [2, 1.5, 1, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1];
  const network = withThresholds(thresholds);
  const expected = run(reference, network);
  for (const kernels of engines) {
    t.equal(kernels.spiking?.supports('cascade', thresholds), false, '9 thresholds');
    t.equal(kernels.spiking?.supports('cascade', thresholds.slice(1)), true, '8 thresholds');
    t.equal(kernels.spiking?.supports(undefined, [1]), false, 'a neuron that no fused kernel knows');
    t.doesNotThrow(() => requireSameSimulation(run(kernels, network), expected));
  }
});

t.test('whoever watches sees every layer in every step, with the membranes of the reference', async (t) => {
  const network = withThresholds([1, 0.5]);
  const watch = (kernels: Kernels) => {
    const seen: [string, Float32Array][] = [];
    const simulation = run(kernels, network, {
      onStep: ({ layer, step, membrane }) => seen.push([`${layer.output} ${step}`, membrane.slice()]),
    });
    return { seen, simulation };
  };
  const expected = watch(reference);
  t.equal(expected.seen.length, small.steps * (network.layers.length - 1));
  for (const { seen, simulation } of engines.map(watch)) {
    t.equal(seen.map(([what]) => what).join(), expected.seen.map(([what]) => what).join());
    t.doesNotThrow(() => requireSameSimulation(simulation, expected.simulation));
    for (const [i, [what, membrane]] of seen.entries()) requireSameBits(membrane, expected.seen[i][1], what);
  }
});

t.test('as many steps at once as fit, all about the same number', async (t) => {
  const { layers } = model;
  t.equal(stepsAtOnce(layers, 512, 512, 1), 1);
  t.equal(stepsAtOnce(layers, 16, 16, 1000), 1000, 'a small image runs all of them');
  for (const size of [512, 1024, 4096]) {
    for (const steps of [7, 30, 100]) {
      const atOnce = stepsAtOnce(layers, size, size, steps);
      t.ok(atOnce >= 1 && atOnce <= steps, `${atOnce} of ${steps} steps at ${size}x${size}`);
      const rounds = Math.ceil(steps / atOnce);
      t.ok(rounds * atOnce - steps < rounds, 'the last round is not much shorter');
    }
  }
  t.equal(stepsAtOnce(layers, 8192, 8192, 100), 1, 'a huge image runs them one by one');
});

t.test(
  'a simulation that cannot fit the memory is refused before anything is computed',
  options,
  async (t) => {
    const layers = buildLayers({ task: 'segment', width: 64, channels: 1, classes: 2 });
    // Without parameters: it would fail at once if it began.
    const network = { ...withThresholds([1]), layers, parameters: new Map() };
    const size = 1600;
    const footprint = { height: size, width: size, steps: 10, sums: 3, membranes: 1 };
    const needed = simulationBytes(layers, footprint);
    const large = new Float32Array(size * size);
    for (const kernels of engines) {
      const { mostBytes } = kernels.spiking!;
      t.ok(needed > mostBytes);
      t.throws(
        () => simulate({ kernels, network, height: size, width: size }, large, { steps: 10, mode: 'auto' }),
        new UsageError(
          `1600x1600 pixels over 10 steps need about ${Math.ceil(needed / 2 ** 20)} MiB, ` +
            `at most ${Math.ceil(mostBytes / 2 ** 20)} are possible: take a smaller image or fewer steps`,
        ),
      );
    }
  },
);
