/**
 * A neuron that the project does not know, with a parameter and a state of its own: one value, and one line
 * in a table that the caller passes. It is simulated, converted to, written and read, and has options, all
 * from what it says of itself.
 */

import { Command } from 'commander';
import t from 'tap';
import { addNeuronOptions, givenParameters } from '../../bin/cli/neuronOptions.js';
import { stream } from '../../lib/core/rng.js';
import {
  checkNeuronParameters,
  chooseEngine,
  commonParameters,
  convertModel,
  decodeModel,
  encodeModel,
  findNeuron,
  measureActivations,
  type Neuron,
  type NeuronParameters,
  neuronParameters,
  neurons,
  numberFrom,
  spikingRun,
  toSpikingModel,
} from '../../lib/index.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { engineOf, floatImage, referenceEngine } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

const { fround } = Math;

interface AdaptiveParameters extends NeuronParameters {
  /** Steps in which an adaptation falls to nothing, on average. */
  readonly tau: number;
}

/**
 * Integrate-and-fire whose threshold rises with each spike and falls back by 1 / tau of its rise in each
 * step.
 */
const adaptive: Neuron<AdaptiveParameters> = {
  name: 'adaptive',
  summary: 'a threshold that rises with each spike',
  parameters: {
    ...commonParameters({ thresholds: [0.5], most: 1 }),
    tau: numberFrom(1, 1000, 8, { summary: 'steps in which the threshold comes back', unit: 'steps' }),
  },
  membranes: () => 2, // V, and what the threshold has risen
  potentials: 1,
  half: ([threshold]) => threshold / 2,
  learnsAmplitudes: false,
  step(out, spikes, state, current, { thresholds: [threshold], tau }) {
    const n = current.length;
    for (let i = 0; i < n; i++) {
      const risen = fround(state[n + i] * fround(1 - 1 / tau));
      const potential = fround(state[i] + current[i]);
      spikes[i] = potential >= fround(threshold + risen) ? 1 : 0;
      out[i] = threshold * spikes[i];
      state[i] = potential - out[i];
      state[n + i] = risen + 0.5 * out[i];
    }
  },
};
const table = { ...neurons, adaptive };

const parameters = neuronParameters(adaptive, { tau: 4 });
const network = {
  ...dyadicNetwork({ task: 'segment', width: 2, channels: 1, classes: 2 }, 'mt', [1], 4),
  ...{ neuron: adaptive, neuronParameters: parameters },
};
const image = floatImage(randomImage(stream(5, 'own'), 16, 32, 1), 16, 32);

for (const [name, kernels] of backends) {
  t.test(`${name}: an own neuron is simulated as it would be alone`, async (t) => {
    const program = engineOf(kernels).prepare(network);
    const { flows, currents, spikes } = program.simulate(image, { steps: 3 });
    t.ok(spikes > 500, `${spikes} spikes`);
    const sums = currents.get('relu1')!;
    flows.get('relu1')!.forEach((flow, n) => {
      const current = Float32Array.of(fround(sums[n] / 3)); // static: the same in each step
      const [state, out, fired] = [new Float32Array(2), new Float32Array(1), new Uint8Array(1)];
      let sum = 0;
      for (let step = 0; step < 3; step++) {
        adaptive.step(out, fired, state, current, parameters);
        sum += out[0];
      }
      if (sum !== flow) t.fail(`neuron ${n}: ${flow}, expected ${sum}`);
    });
    const run = spikingRun(program, 'segment', { steps: 3, mode: 'event' });
    const reference = chooseEngine('reference').prepare(network);
    const dense = spikingRun(reference, 'segment', { steps: 3, mode: 'dense' });
    requireSameBits(run(image).output, dense(image).output, 'whatever the engine and mode');
  });
}

t.test('by hand: the threshold rises by half a spike, and falls', async (t) => {
  const [state, out, spikes] = [new Float32Array(2), new Float32Array(1), new Uint8Array(1)];
  const trace = [0.5, 0.625, 0, 0.0625, -1].map((current) => {
    adaptive.step(out, spikes, state, Float32Array.of(current), parameters);
    return [out[0], spikes[0], ...state];
  });
  t.strictSame(trace, [
    [0.5, 1, 0, 0.25],
    [0, 0, 0.625, 0.1875], // 0.6875 is not reached
    [0, 0, 0.625, 0.140625],
    [0.5, 1, 0.1875, 0.35546875], // 0.6875 >= 0.60546875
    [0, 0, -0.8125, 0.2666015625],
  ]);
});

const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 6);
const measured = measureActivations(referenceEngine, unet, [{ input: image.data, height: 16, width: 32 }], {
  lowest: 99,
  channels: false,
});
const plan = { neuron: adaptive, initialPotential: 0, normalisation: 'connection' } as const;

t.test('its model is written and read where a table has it', async (t) => {
  const converted = convertModel(unet, measured, { ...plan, own: { tau: 16 } });
  const { model } = decodeModel(encodeModel(converted), 'file');
  t.match(model.notes, { neuron: 'adaptive', tau: '16', thresholds: '[0.5]' });
  const read = toSpikingModel(model, 'file', table);
  t.equal(read.neuron, adaptive);
  t.strictSame(read.neuronParameters, { ...neuronParameters(adaptive, { tau: 16 }) });
  t.throws(() => toSpikingModel(model, 'file'), /file: metadata: neuron adaptive: expected one of mt, if, /);
  const { tau: _, ...notes } = model.notes;
  t.match(toSpikingModel({ ...model, notes }, 'file', table).neuronParameters, { tau: 8 }, 'its default');
  for (const tau of ['0.5', '1001', '[2]', 'null'])
    t.throws(
      () => toSpikingModel({ ...model, notes: { ...notes, tau } }, 'file', table),
      /file: metadata: tau .*: expected 1 to 1000/,
      tau,
    );
  t.throws(
    () => toSpikingModel({ ...model, notes: { ...notes, tau: 'x' } }, 'file', table),
    /"tau": expected JSON/,
  );
});

t.test('it has options with help, and others do not', async (t) => {
  const command = new Command();
  addNeuronOptions(command, table);
  const help = command.helpInformation().replace(/\s+/g, ' ');
  t.match(help, /--tau <number> steps in which the threshold comes back \(default: 8\)/);
  t.match(help, /--leak <number> part of the membrane potential left a step later \(default: 1; lif: 0.99\)/);
  t.match(help, /--spike-values <list>/);
  t.notMatch(help, /--thresholds|--initial-potential/);
  const options = command.parse(['--tau', '3'], { from: 'user' }).opts();
  t.strictSame(givenParameters(options, adaptive, table), { tau: 3 });
  t.throws(
    () => givenParameters(options, findNeuron('if'), table),
    /--tau: neuron if has none, adaptive has: leave it out/,
  );
});

t.test('names are for files and options', async (t) => {
  t.equal(findNeuron('mt').name, 'mt');
  t.equal(findNeuron('adaptive', table), adaptive);
  const expected = /^neuron adaptive: expected one of mt, if, if-hard, lif, ml, rs, signed$/;
  t.throws(() => findNeuron('adaptive'), { message: expected, about: 'neuron' });
  t.throws(() => checkNeuronParameters(adaptive, { ...parameters, tau: 0 }), /^tau 0: expected 1 to 1000$/);
});
