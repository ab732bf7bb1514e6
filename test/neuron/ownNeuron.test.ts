/** A neuron that the project does not know runs as a value: the recipe of CONTRIBUTING, without a line in any table. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { chooseEngine, findNeuron, type Neuron, neuronParameters, spikingRun } from '../../lib/index.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { engineOf, floatImage } from '../support/engine.js';
import { dyadicNetwork, randomImage } from '../support/networks.js';

/** Fires as often as the threshold goes into the potential, in one step (a quantised ReLU with memory). */
const burst: Neuron = {
  name: 'burst',
  summary: 'fires as many spikes in a step as the threshold goes into the potential',
  defaultThresholds: [0.5],
  mostThresholds: 1,
  leaky: false,
  resets: ['soft'],
  defaults: (_origin, thresholds) => ({ spikeValues: thresholds, leak: 1, reset: 'soft' }),
  membranes: () => 1,
  half: ([threshold]) => threshold / 2,
  learnsAmplitudes: false,
  step(out, spikes, membrane, current, { thresholds: [threshold] }) {
    for (let n = 0; n < membrane.length; n++) {
      const potential = Math.fround(membrane[n] + current[n]);
      spikes[n] = Math.max(0, Math.floor(potential / threshold));
      out[n] = Math.fround(threshold * spikes[n]);
      membrane[n] = Math.fround(potential - out[n]);
    }
  },
};

const network = {
  ...dyadicNetwork({ task: 'segment', width: 2, channels: 1, classes: 2 }, 'mt', [1], 4),
  neuron: burst,
  neuronParameters: neuronParameters(burst, {}),
};
const image = floatImage(randomImage(stream(5, 'own'), 16, 32, 1), 16, 32);

for (const [name, kernels] of backends) {
  t.test(`${name}: an own neuron is simulated, and loses nothing`, async (t) => {
    const program = engineOf(kernels).prepare(network);
    const { flows, currents, spikes } = program.simulate(image, { steps: 3 });
    t.ok(spikes > 1000, `${spikes} spikes`);
    for (const [signal, flow] of flows) {
      const left = flow.map((value, n) => currents.get(signal)![n] - value);
      t.ok(
        left.every((potential) => potential < 0.5),
        `${signal}: what came in is out, but for less than a threshold`,
      );
    }
    const run = spikingRun(program, 'segment', { steps: 3, mode: 'event' });
    const reference = chooseEngine('reference').prepare(network);
    const dense = spikingRun(reference, 'segment', { steps: 3, mode: 'dense' });
    requireSameBits(run(image).output, dense(image).output, 'whatever the engine and mode');
  });
}

t.test('names are for files and options', async (t) => {
  t.equal(findNeuron('mt').name, 'mt');
  t.throws(() => findNeuron('burst'), /--neuron burst: expected one of mt, if, if-hard, lif, ml, rs, signed/);
});
