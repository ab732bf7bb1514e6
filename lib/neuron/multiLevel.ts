/**
 * The multi-level neuron (Feng et al., Multi-Level Firing with Spiking DS-ResNet, IJCAI 2022): k levels, each
 * with a threshold and a membrane of its own, integrate the same current, and their spikes are summed. In a
 * directly trained network it has their settings: thresholds 0.6, 1.6, 2.6, firing where V > V_th,i, leak
 * 0.25, reset to zero, spikes worth 1. In a converted network every level is an integrate-and-fire neuron
 * that represents the activation by itself, so its spike is worth V_th,i / k: the output is the mean of the
 * levels.
 */

import { commonParameters } from './commonParameters.js';
import { backLevels } from './derivative.js';
import type { Neuron } from './neuron.js';
import { rectangle } from './surrogate.js';

const { fround } = Math;

export const multiLevel: Neuron = {
  name: 'ml',
  summary: 'multi-level: a membrane for each threshold, spikes summed',
  parameters: commonParameters({
    thresholds: [2.6, 1.6, 0.6],
    most: 255,
    spikeValues: (origin, thresholds) =>
      thresholds.map((threshold) => (origin === 'converted' ? threshold / thresholds.length : 1)),
    leak: (origin) => (origin === 'converted' ? 1 : 0.25),
    resets: ['soft', 'hard'],
    reset: (origin) => (origin === 'converted' ? 'soft' : 'hard'),
  }),
  membranes: (thresholds) => thresholds,
  half: (thresholds) => thresholds.map((threshold) => threshold / 2), // each level rounds on its own
  learnsAmplitudes: false,
  dynamics: 'levels',
  back: backLevels,
  derivative: { surrogate: rectangle, reset: 'attached' },
  step(out, spikes, membrane, current, parameters) {
    const leak = fround(parameters.leak);
    const hard = parameters.reset === 'hard';
    out.fill(0);
    spikes.fill(0);
    parameters.thresholds.forEach((volts, level) => {
      const threshold = fround(volts);
      const value = fround(parameters.spikeValues[level]);
      const ownMembrane = membrane.subarray(level * current.length, (level + 1) * current.length);
      for (let n = 0; n < current.length; n++) {
        const potential = fround(fround(leak * ownMembrane[n]) + current[n]);
        const fires = potential > threshold;
        const behind = hard ? 0 : potential - threshold;
        ownMembrane[n] = fires ? behind : potential;
        if (!fires) continue;
        out[n] = out[n] + value; // from the highest threshold down
        spikes[n] += 1;
      }
    });
  },
};
