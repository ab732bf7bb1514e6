/** Delayed timing: every layer fires after it has seen all steps. Goldens of it are in golden.test.ts. */

import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { applyLayer, gatherInput } from '../../lib/engine/kernels/frame.js';
import { reference } from '../../lib/engine/reference/index.js';
import { delayedLatency } from '../../lib/engine/simulate/delayed.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import {
  ALL_SUMS,
  MODES,
  type Simulation,
  type WatchedOptions,
} from '../../lib/engine/simulate/simulation.js';
import { delayedBytes } from '../../lib/engine/simulate/simulationMemory.js';
import { wasmMissing } from '../../lib/engine/wasm/index.js';
import { IMAGE } from '../../lib/net/architecture.js';
import { hasNeuron, type Signals } from '../../lib/net/network.js';
import { mapParameters } from '../../lib/net/parameters.js';
import { exact } from '../../lib/neuron/exact.js';
import { findNeuron, neuronParameters, neurons } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { randomImage, randomModel } from '../support/networks.js';
import { wasmBytes } from '../support/wasmMemory.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';

/** Neurons without a leak or a hard reset. */
const remembering = Object.keys(neurons).filter((name) => {
  const { leak, reset } = neuronParameters(findNeuron(name), {});
  return leak === 1 && reset === 'soft';
});

const simulationCase = fc.record({
  task: fc.constantFrom('segment' as const, 'denoise' as const),
  channels: fc.constantFrom(1, 3),
  width: fc.integer({ min: 1, max: 3 }),
  height: fc.constantFrom<number>(16, 32, 48),
  breadth: fc.constantFrom<number>(16, 32),
  neuron: fc.constantFrom(...remembering),
  initialPotential: fc.constantFrom(0, 0.15),
  seed: fc.nat(),
  steps: fc.integer({ min: 1, max: 5 }),
  mode: fc.constantFrom(...MODES),
  windowed: fc.boolean(),
  exactPools: fc.boolean(),
  keep: fc.constantFrom(ALL_SUMS, ['flows'] as const, ['currents'] as const, []),
  scoped: fc.boolean(),
});
type Case = typeof simulationCase extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function networkOf(drawn: Case): SpikingNetwork {
  const { task, channels, width, neuron, initialPotential, exactPools, seed } = drawn;
  const thresholds = findNeuron(neuron).parameters.thresholds.most > 1 ? [1.2, 0.6, 0.3] : [0.9];
  const model = randomModel({ task, width, channels, classes: channels }, seed);
  const pools = model.layers.filter(({ op }) => exactPools && !op.hasWeights);
  return {
    ...model,
    neuron: findNeuron(neuron),
    neuronParameters: neuronParameters(findNeuron(neuron), { thresholds, initialPotential }),
    otherNeurons: new Map(pools.map(({ output }) => [output, exact])),
  };
}

const imageOf = ({ seed, height, breadth, channels }: Case) =>
  randomImage(stream(seed, 'image'), height, breadth, channels);

const run = (kernels: Kernels, drawn: Case, more: Partial<WatchedOptions> = {}): Simulation => {
  const { height, breadth, steps, mode, keep, windowed } = drawn;
  const counted = windowed ? { top: height - 16, bottom: height, left: 0, right: 16 } : undefined;
  const options = { steps, mode, keep, counted, timing: 'delayed', ...more } as const;
  return simulate({ kernels, network: networkOf(drawn), height, width: breadth }, imageOf(drawn), options);
};

/** Throws where two simulations differ in any bit. */
function requireSame(got: Simulation, expected: Simulation): void {
  requireSameBits(got.output, expected.output, 'output');
  const lists = ({ currents, flows, spikeCounts, spikesPerStep, spikes, steps }: Simulation) =>
    JSON.stringify(
      [currents, flows, spikeCounts, spikesPerStep]
        .map((map) => [...map.keys()])
        .concat([[`${spikes} in ${steps}`]]),
    );
  if (lists(got) !== lists(expected)) throw new Error(`${lists(got)}, not ${lists(expected)}`);
  for (const sum of ['currents', 'flows'] as const)
    for (const [name, values] of expected[sum])
      requireSameBits(got[sum].get(name)!, values, `${sum} ${name}`);
  for (const [name, counts] of expected.spikeCounts)
    if (got.spikeCounts.get(name)!.join() !== counts.join()) throw new Error(`spike counts of ${name}`);
  for (const [name, perStep] of expected.spikesPerStep)
    if (got.spikesPerStep.get(name)!.join() !== perStep.join()) throw new Error(`spikes of ${name}`);
}

t.test('every engine has the bits of the reference, on random networks and shapes', async (t) => {
  let deep = 0;
  const property = fc.property(simulationCase, (drawn) => {
    const expected = run(reference, { ...drawn, mode: 'dense' });
    if (expected.spikesPerStep.get('relu18')!.some((spikes) => spikes > 0)) deep += 1;
    for (const [, kernels] of backends) {
      const check = () => requireSame(run(kernels, drawn), expected);
      if (drawn.scoped) kernels.scope(check);
      else check();
    }
  });
  fc.assert(property, { seed: 12, numRuns: 30 });
  t.ok(deep >= 15, `spikes reached the last layer of neurons in ${deep} of 30 networks`);
});

t.test('one step has the bits of the ordinary timing', async (t) => {
  const property = fc.property(simulationCase, (drawn) => {
    // The slow reference is held to the others above, and in spikeEngines.test.ts.
    for (const [, kernels] of backends.slice(0, -1).filter(([name]) => name !== 'reference'))
      requireSame(
        run(kernels, { ...drawn, steps: 1 }),
        run(kernels, { ...drawn, steps: 1 }, { timing: 'same' }),
      );
  });
  fc.assert(property, { seed: 13, numRuns: 20 });
  t.pass('20 networks');
});

const plain: Case = {
  task: 'segment',
  channels: 1,
  width: 2,
  height: 32,
  breadth: 16,
  neuron: 'mt',
  initialPotential: 0.15,
  seed: 5,
  steps: 3,
  mode: 'auto',
  windowed: false,
  exactPools: false,
  keep: ALL_SUMS,
  scoped: false,
};

t.test('a current is T times the bias, rounded once, and the weights times the flow', async (t) => {
  const network = networkOf(plain);
  const { currents, flows, output } = run(reference, plain);
  const isBias = (values: Float32Array) =>
    [...network.parameters].some(([name, own]) => own === values && name.endsWith('.bias'));
  const parameters = mapParameters(network.parameters, (values) =>
    isBias(values) ? values.map((bias) => Math.fround(3 * bias)) : values,
  );
  const signals: Signals = new Map([...flows, [IMAGE, imageOf(plain)]]);
  for (const layer of network.layers) {
    const first = layer === network.layers[0];
    const input = gatherInput({ kernels: reference, height: 32, width: 16 }, layer, signals);
    const sum = applyLayer(
      {
        kernels: reference,
        network: { layers: [], parameters: first ? network.parameters : parameters },
        height: 32,
        width: 16,
      },
      layer,
      input,
    );
    const expected = first ? sum.map((current) => Math.fround(3 * current)) : sum;
    requireSameBits(hasNeuron(layer) ? currents.get(layer.output)! : output, expected, layer.name);
  }
  t.pass(`${network.layers.length} layers`);
});

t.test('no neuron fires more than its current is worth, and one without current is silent', async (t) => {
  const { currents, flows } = run(reference, plain);
  for (const [name, flow] of flows) {
    const current = currents.get(name)!;
    const most = (n: number) => Math.max(0, Math.fround(current[n] + 0.15));
    t.ok(
      flow.every((sum, n) => sum >= 0 && sum <= most(n)),
      name,
    );
  }
});

t.test('whoever watches sees T steps of each layer in turn: all of its current, then nothing', async (t) => {
  const { currents } = run(reference, plain);
  const seen: string[] = [];
  run(reference, plain, {
    onStep: ({ layer, step, current }) => {
      seen.push(`${layer.output} ${step}`);
      if (step === 0) requireSameBits(current, currents.get(layer.output)!, layer.output);
      else t.ok(current.every((volts) => volts === 0));
    },
  });
  t.strictSame(
    seen,
    networkOf(plain)
      .layers.filter(hasNeuron)
      .flatMap(({ output }) => [0, 1, 2].map((step) => `${output} ${step}`)),
  );
});

t.test('latency is T steps for every layer of neurons', async (t) => {
  t.equal(delayedLatency(networkOf(plain).layers, 10), 260);
});

t.test('it takes no more memory than is announced', { skip: wasmMissing(nodeHost) ?? false }, async (t) => {
  for (const keep of [[], ALL_SUMS] as const) {
    const drawn = { ...plain, width: 4, height: 256, breadth: 256, keep };
    const taken = wasmBytes((kernels) => run(kernels, drawn));
    const announced = delayedBytes(networkOf(drawn).layers, {
      ...{ height: 256, width: 256 },
      sums: keep.length,
      membranes: 1,
    });
    t.ok(taken > 2 ** 22 && taken <= announced, `${keep.length} sums: ${taken} of ${announced} bytes`);
  }
});

t.test('neurons that forget are refused', async (t) => {
  const { height, breadth, steps, mode } = plain;
  const options = { steps, mode, timing: 'delayed' } as const;
  for (const [neuron, message] of [
    ['lif', /timing delayed: neuron lif forgets by its leak of 0.99/],
    ['if-hard', /neuron if-hard forgets by its reset to zero/],
  ] as const) {
    const network = {
      ...networkOf(plain),
      neuron: findNeuron(neuron),
      neuronParameters: neuronParameters(findNeuron(neuron), {}),
    };
    const refused = () =>
      simulate({ kernels: reference, network, height, width: breadth }, imageOf(plain), options);
    t.throws(refused, UsageError);
    t.throws(refused, message);
  }
});
