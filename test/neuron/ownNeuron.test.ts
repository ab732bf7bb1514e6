/** A neuron that the project does not know runs as a value: the recipe of CONTRIBUTING, without a line in any table. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import {
  chooseKernels,
  findNeuron,
  type Neuron,
  neuronParameters,
  simulate,
  spikingRun,
} from '../../lib/index.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
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
const image = randomImage(stream(5, 'own'), 16, 32, 1);

for (const [engine, kernels] of backends) {
  t.test(`${engine}: an own neuron is simulated, and loses nothing`, async (t) => {
    kernels.scope(() => {
      const { flows, currents, spikes } = simulate(kernels, network, image, 16, 32, {
        steps: 3,
        mode: 'auto',
      });
      t.ok(spikes > 1000, `${spikes} spikes`);
      for (const [name, flow] of flows) {
        const left = flow.map((value, n) => currents.get(name)![n] - value);
        t.ok(
          left.every((potential) => potential < 0.5),
          `${name}: what came in is out, but for less than a threshold`,
        );
      }
    });
    const run = spikingRun(kernels, network, 'segment', { steps: 3, mode: 'event', keep: [] });
    const dense = spikingRun(chooseKernels('reference'), network, 'segment', {
      steps: 3,
      mode: 'dense',
      keep: [],
    });
    requireSameBits(run(image, 16, 32).output, dense(image, 16, 32).output, 'whatever the engine and mode');
  });
}

t.test('names are for files and options', async (t) => {
  t.equal(findNeuron('mt').name, 'mt');
  t.throws(() => findNeuron('burst'), /--neuron burst: expected one of mt, if, if-hard, lif, ml, rs, signed/);
});
