/** At T=1 a one-step network is a U-Net with N-bit activations: one neuron, then networks, bit by bit. */

import t from 'tap';
import { convertModel } from '../../lib/convert/conversion.js';
import { quantise } from '../../lib/convert/mse.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { floatImage, referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

/** The mean output of one neuron that starts at half of its smallest threshold, for constant currents. */
function meanOutputs(name: string, thresholds: number[], currents: Float32Array, steps: number): number[] {
  const neuron = findNeuron(name);
  const parameters = neuronParameters(findNeuron(name), { thresholds });
  const membrane = currents.map(() => Math.min(...thresholds) / 2);
  const [out, spikes] = [new Float32Array(currents.length), new Uint8Array(currents.length)];
  const sums = [...currents].fill(0);
  for (let step = 0; step < steps; step++) {
    neuron.step(out, spikes, membrane, currents, parameters);
    out.forEach((value, i) => {
      sums[i] += value;
    });
  }
  return sums.map((sum) => sum / steps);
}

t.test(
  'one neuron: MT at T=1 is clip(round(2^N I), 0, 2^N - 1) / 2^N, and so is IF at T = 2^N - 1',
  async (t) => {
    for (const bits of [1, 2, 3, 4, 7]) {
      const levels = 2 ** bits;
      // I = -0.5 .. 2
      const currents = Float32Array.from({ length: 20 * levels }, (_, i) => (i - 4 * levels) / (8 * levels));
      const expected = [...currents].map((current) => quantise(current, 1, bits));
      t.strictSame(meanOutputs('mt', optimalThresholds(bits), currents, 1), expected, `${bits} thresholds`);
      // At a tie IF fires (V >= V_th) and MT does not (V > V_th).
      const tie = (current: number) => (current * levels) % 1 === 0.5 && current < 1;
      const rates = meanOutputs('if', [(levels - 1) / levels], currents, levels - 1);
      for (const [i, rate] of rates.entries()) {
        if (!tie(currents[i])) t.ok(Math.abs(rate - expected[i]) < 1e-12, `${bits} bits, I = ${currents[i]}`);
      }
    }
  },
);

t.test('a network: the U-Net with N-bit activations has the bits of the simulation', async (t) => {
  for (const [seed, bits] of [1, 2, 4, 7].entries()) {
    const unet = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, seed);
    const image = { input: randomImage(stream(seed, 'image'), 32, 16, 1), height: 32, width: 16 };
    const measured = measureActivations(referenceEngine, unet, [image], { lowest: 99, channels: true });
    const plan = {
      neuron: findNeuron('mt'),
      initialPotential: 'half',
      normalisation: 'channel',
      percentile: 99,
    } as const;
    const spiking = convertModel(unet, measured, { ...plan, thresholds: optimalThresholds(bits) });
    const { output, spikes } = simulate(
      { kernels: reference, network: spiking, height: 32, width: 16 },
      image.input,
      { steps: 1, mode: 'auto' },
    );
    t.ok(spikes > 0);
    t.strictSame(referenceEngine.prepare(spiking).quantised(floatImage(image.input, 32, 16)), output);
    const other = convertModel(unet, measured, { ...plan, thresholds: [2, 1, 0.5] });
    t.throws(() => referenceEngine.prepare(other).quantised(floatImage(image.input, 32, 16)), UsageError);
  }
});
