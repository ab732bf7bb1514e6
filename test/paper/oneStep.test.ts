/** One time step: a converted network computes what a quantised U-Net would. */

import fc from 'fast-check';
import t from 'tap';
import { convertModel } from '../../lib/convert/conversion.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import type { Simulation } from '../../lib/engine/simulate/simulation.js';
import { hasNeuron } from '../../lib/net/network.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { backends } from '../engine/kernel/backends.js';
import { referenceEngine } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

/**
 * clip(round(2^N I), 0, 2^N - 1) / 2^N; ties are rounded down, because a neuron fires above its threshold.
 */
function quantised(current: number, count: number): number {
  const levels = 2 ** count;
  const rounded = Math.ceil(levels * current - 0.5);
  return Math.min(levels - 1, Math.max(0, rounded)) / levels;
}

/**
 * How many neurons of all layers fire another value, how far their currents are from a tie at most, and how
 * many are at a tie.
 */
function compare(network: SpikingNetwork, { currents, flows }: Simulation, count: number) {
  let [neurons, differ, farthest, ties] = [0, 0, 0, 0];
  for (const { output } of network.layers.filter(hasNeuron)) {
    const flow = flows.get(output)!;
    currents.get(output)!.forEach((current, i) => {
      const scaled = 2 ** count * current;
      const fromTie = Math.abs(scaled - Math.floor(scaled) - 0.5);
      neurons += 1;
      if (fromTie === 0 && scaled > 0 && scaled < 2 ** count) ties += 1;
      if (flow[i] === quantised(current, count)) return;
      differ += 1;
      farthest = Math.max(farthest, fromTie);
    });
  }
  return { neurons, differ, farthest, ties };
}

t.test(
  'Theorem 1 of arXiv 2510.23383: at T=1, N thresholds 1/2 .. 2^-N from half of the smallest compute ' +
    'clip(round(2^N I), 0, 2^N - 1) / 2^N, ties down: all neurons, exactly where sums are exact',
  async (t) => {
    let [neurons, ties] = [0, 0];
    const drawing = fc.record({
      task: fc.constantFrom('segment' as const, 'denoise' as const),
      width: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 8 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(drawing, ({ task, width, count, seed }) => {
        const thresholds = optimalThresholds(count);
        const plain = dyadicNetwork({ task, width, channels: 1, classes: 1 }, 'mt', thresholds, seed);
        const initialPotential = findNeuron('mt').half(thresholds);
        const network = {
          ...plain,
          neuronParameters: neuronParameters(findNeuron('mt'), { thresholds, initialPotential }),
        };
        const image = randomImage(stream(seed, 'image'), 32, 16, 1).map(
          (value) => Math.round(16 * value) / 16,
        );
        for (const [engine, kernels] of backends) {
          kernels.scope(() => {
            const got = simulate({ kernels, network, height: 32, width: 16 }, image, {
              steps: 1,
              mode: 'auto',
            });
            const found = compare(network, got, count);
            if (found.differ > 0)
              throw new Error(`${engine}: ${found.differ} of ${found.neurons} neurons differ`);
            neurons += found.neurons;
            ties += found.ties;
          });
        }
      }),
      { seed: 2510, numRuns: 12 },
    );
    t.ok(ties > 1000, `${neurons} neurons, ${ties} of them half-way between two values`);
  },
);

t.test(
  'the same of a network that was converted: all neurons but those that rounding puts at a tie',
  async (t) => {
    const model = randomModel({ task: 'denoise', width: 3, channels: 1, classes: 1 }, 31);
    const image = randomImage(stream(31, 'image'), 48, 32, 1);
    const inputs = [{ input: image, height: 48, width: 32 }];
    for (const normalisation of ['connection', 'channel']) {
      const channelWise = normalisation === 'channel';
      const measured = measureActivations(referenceEngine, model, inputs, {
        lowest: 99.9,
        channels: channelWise,
      });
      for (const count of [3, 7]) {
        const thresholds = optimalThresholds(count);
        const plan = {
          neuron: findNeuron('mt'),
          thresholds,
          initialPotential: 'half',
          normalisation,
        } as const;
        const network = convertModel(model, measured, plan);
        const got = simulate({ kernels: reference, network, height: 48, width: 32 }, image, {
          steps: 1,
          mode: 'auto',
        });
        const { neurons, differ, farthest } = compare(network, got, count);
        t.ok(
          differ <= neurons / 10_000,
          `${normalisation}, N=${count}: ${differ} of ${neurons} neurons differ`,
        );
        t.ok(farthest < 2 ** count * 2 ** -24, 'by less than float32 rounds I + V(0)');
        t.ok(got.spikes > neurons / 10);
      }
    }
  },
);
