import fc from 'fast-check';
import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { meanOverSteps, readOut } from '../../lib/engine/readout.js';
import { reference } from '../../lib/engine/reference/index.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import type { Mode, Simulation } from '../../lib/engine/simulate/simulation.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { hasNeuron, signalOf } from '../../lib/net/network.js';
import { findNeuron, neuronParameters, neurons } from '../../lib/neuron/index.js';
import { referenceEngine } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

const tiny = { task: 'segment', width: 2, channels: 1, classes: 2 } as const;

t.test('event-driven and automatic simulation have the bits of the dense one', async (t) => {
  const modes: Mode[] = ['event', 'auto'];
  fc.assert(
    fc.property(
      fc.record({
        task: fc.constantFrom('segment' as const, 'denoise' as const),
        channels: fc.constantFrom(1, 3),
        width: fc.integer({ min: 1, max: 3 }),
        height: fc.constantFrom(16, 32),
        neuron: fc.constantFrom(...Object.keys(neurons)),
        seed: fc.integer({ min: 0, max: 1000 }),
        steps: fc.integer({ min: 1, max: 4 }),
      }),
      ({ task, channels, width, height, neuron, seed, steps }) => {
        const thresholds = findNeuron(neuron).parameters.thresholds.most > 1 ? [1.2, 0.6, 0.3] : [0.9];
        const model = randomModel({ task, width, channels, classes: channels }, seed);
        const network = {
          ...model,
          neuron: findNeuron(neuron),
          neuronParameters: neuronParameters(findNeuron(neuron), { thresholds, initialPotential: 0.1 }),
        };
        const image = randomImage(stream(seed, 'image'), height, 16, channels);
        const run = (mode: Mode) =>
          simulate({ kernels: reference, network, height, width: 16 }, image, { steps, mode });
        const dense = run('dense');
        for (const mode of modes) requireSameBits(run(mode), dense);
      },
    ),
    { seed: 5, numRuns: 25 },
  );
  t.pass('25 random networks');
});

function requireSameBits(got: Simulation, expected: Simulation): void {
  const bits = (values: Float32Array) =>
    new Uint32Array(values.buffer, values.byteOffset, values.length).join();
  const problems = [bits(got.output) === bits(expected.output) ? '' : 'output'];
  for (const [name, flow] of expected.flows) {
    if (bits(got.flows.get(name)!) !== bits(flow)) problems.push(`flow ${name}`);
    if (got.spikesPerStep.get(name)!.join() !== expected.spikesPerStep.get(name)!.join())
      problems.push(`spikes ${name}`);
  }
  const found = problems.filter(Boolean);
  if (found.length > 0) throw new Error(`different bits: ${found}`);
}

t.test('what goes into a neuron comes out as spikes or stays in its membrane, exactly', async (t) => {
  const network = dyadicNetwork(tiny, 'mt', [2, 1, 0.5, 0.25]);
  const image = randomImage(stream(2, 'charge'), 16, 16, 1).map((value) => Math.round(16 * value) / 16);
  const membranes = new Map<string, Float32Array>();
  const { currents, flows } = simulate({ kernels: reference, network, height: 16, width: 16 }, image, {
    steps: 5,
    mode: 'auto',
    onStep: ({ layer, membrane }) => membranes.set(layer.output, membrane.slice()),
  });
  for (const [name, current] of currents) {
    const rest = current.map((value, n) => value - flows.get(name)![n]);
    t.strictSame(rest, membranes.get(name), name);
  }
});

t.test('spikes per step, per neuron and in all agree with what was observed', async (t) => {
  const network = dyadicNetwork(tiny, 'mt', [1, 0.5]);
  const image = randomImage(stream(3, 'counts'), 16, 16, 1);
  let observed = 0;
  const simulation = simulate({ kernels: reference, network, height: 16, width: 16 }, image, {
    steps: 3,
    mode: 'event',
    onStep: ({ layer, step, spikes, output }) => {
      const total = spikes.reduce((sum, count) => sum + count, 0);
      observed += total;
      if (step === 2)
        t.equal(
          total === 0,
          output.every((value) => value === 0),
          layer.output,
        );
    },
  });
  t.equal(simulation.spikes, observed);
  t.ok(observed > 0);
  for (const layer of network.layers.filter(hasNeuron)) {
    const perStep = simulation.spikesPerStep.get(layer.output)!.reduce((sum, count) => sum + count, 0);
    const perNeuron = simulation.spikeCounts.get(layer.output)!.reduce((sum, count) => sum + count, 0);
    t.equal(perStep, perNeuron, layer.output);
  }
});

t.test('the converted network approaches the U-Net as T grows', async (t) => {
  const model = randomModel({ ...tiny, width: 3 }, 11);
  const image = randomImage(stream(4, 'limit'), 32, 32, 1);
  const lambdas = measureLambdas(referenceEngine, model, [{ input: image, height: 32, width: 32 }], 100);
  const network = normaliseModel(model, lambdas, 'connection');
  const choice = { thresholds: [1, 0.5, 0.25, 0.125], normalisation: 'connection', percentile: 100 };
  const spiking = withNeurons(model, network, { ...choice, neuron: findNeuron('mt'), initialPotential: 0 });
  const exact = signalOf(
    forward({ kernels: reference, network: model, height: 32, width: 32 }, image),
    OUTPUT,
  );
  const error = (steps: number) => {
    const { output } = simulate({ kernels: reference, network: spiking, height: 32, width: 32 }, image, {
      steps,
      mode: 'auto',
    });
    return (
      Math.hypot(...meanOverSteps(output, steps).map((value, i) => value - exact[i])) / Math.hypot(...exact)
    );
  };
  const [short, medium, long] = [4, 16, 128].map(error);
  t.ok(medium < short / 2, `T=4: ${short}, T=16: ${medium}`);
  t.ok(long < medium / 4, `T=128: ${long}`);
  t.ok(long < 0.02);
});

t.test('the read-out of a segmentation is the sum, that of denoising the mean over the steps', async (t) => {
  const sums = Float32Array.of(1, -2, 6);
  t.strictSame(readOut('segment', sums, 4), sums);
  t.strictSame(readOut('denoise', sums, 4), Float32Array.of(0.25, -0.5, 1.5));
});

t.test('steps that make no sense are refused', async (t) => {
  const network = dyadicNetwork(tiny, 'if', [1]);
  for (const steps of [0, -1, 1.5, Number.NaN]) {
    t.throws(
      () =>
        simulate({ kernels: reference, network, height: 16, width: 16 }, new Float32Array(256), {
          steps,
          mode: 'dense',
        }),
      UsageError,
    );
  }
});
