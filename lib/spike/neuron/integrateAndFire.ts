/**
 * The integrate-and-fire neuron (Eqs. 1-3) with one threshold, reset by subtraction or to zero. It fires where
 * V >= V_th, as the Heaviside step with Theta(0) = 1 says. Its spike is worth V_th (Eq. 6 with one threshold):
 * for the usual V_th = 1 that is Eq. 3, and for any other V_th a rate still stands for the same activation.
 */

import type { Neuron, NeuronParameters } from './neuron.js';

/** Soft reset: what exceeds the threshold is kept. */
export const integrateAndFire: Neuron = {
  summary: 'integrate-and-fire, reset by subtraction (Eqs. 1-3)',
  defaultThresholds: [1],
  mostThresholds: 1,
  step(out, spikes, membrane, current, { thresholds }: NeuronParameters) {
    const threshold = Math.fround(thresholds[0]);
    for (let n = 0; n < membrane.length; n++) {
      const potential = Math.fround(membrane[n] + current[n]); // Eq. 1: V(t-1) + I(t)
      const fires = potential >= threshold; // Eq. 2
      membrane[n] = fires ? potential - threshold : potential; // Eq. 1: - V_th s(t)
      out[n] = fires ? threshold : 0; // Eq. 3
      spikes[n] = fires ? 1 : 0;
    }
  },
};

/** Hard reset: what exceeds the threshold is lost. */
export const integrateAndFireHard: Neuron = {
  summary: 'integrate-and-fire, reset to zero',
  defaultThresholds: [1],
  mostThresholds: 1,
  step(out, spikes, membrane, current, { thresholds }: NeuronParameters) {
    const threshold = Math.fround(thresholds[0]);
    for (let n = 0; n < membrane.length; n++) {
      const potential = Math.fround(membrane[n] + current[n]);
      const fires = potential >= threshold;
      membrane[n] = fires ? 0 : potential;
      out[n] = fires ? threshold : 0;
      spikes[n] = fires ? 1 : 0;
    }
  },
};
