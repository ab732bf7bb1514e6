/**
 * The integrate-and-fire neuron (Eqs. 1-3) with one threshold, reset by subtraction or to zero. It fires
 * where V >= V_th, as the Heaviside step with Theta(0) = 1 says. Its spike is worth V_th (Eq. 6 with one
 * threshold): for the usual V_th = 1 that is Eq. 3, and for any other V_th a rate still stands for the same
 * activation.
 */

import { commonParameters } from './commonParameters.js';
import { backSingle } from './derivative.js';
import { halfOfSmallest, type Neuron } from './neuron.js';
import { triangle } from './surrogate.js';

const { fround } = Math;

/** One step of neurons with one threshold; a leak of 1 changes no bit. */
export const stepSingle: Neuron['step'] = (out, spikes, membrane, current, parameters) => {
  const leak = fround(parameters.leak);
  const threshold = fround(parameters.thresholds[0]);
  const value = fround(parameters.spikeValues[0]);
  const hard = parameters.reset === 'hard';
  for (let n = 0; n < membrane.length; n++) {
    const potential = fround(fround(leak * membrane[n]) + current[n]); // Eq. 1: V(t-1) + I(t)
    const fires = potential >= threshold; // Eq. 2
    const behind = hard ? 0 : potential - threshold; // Eq. 1: - V_th s(t)
    membrane[n] = fires ? behind : potential;
    out[n] = fires ? value : 0; // Eq. 3
    spikes[n] = fires ? 1 : 0;
  }
};

/** What all neurons with one threshold share. */
export const single = {
  membranes: () => 1,
  half: halfOfSmallest,
  learnsAmplitudes: false,
  dynamics: 'single',
  back: backSingle,
  derivative: { surrogate: triangle, reset: 'detached' },
  step: stepSingle,
} as const;

/** One threshold, by default 1 V. */
export const ONE = { thresholds: [1], most: 1 } as const;

/** Soft reset: what exceeds the threshold is kept. */
export const integrateAndFire: Neuron = {
  ...single,
  name: 'if',
  summary: 'integrate-and-fire, reset by subtraction (Eqs. 1-3)',
  parameters: commonParameters(ONE),
};

/** Hard reset: what exceeds the threshold is lost. */
export const integrateAndFireHard: Neuron = {
  ...single,
  name: 'if-hard',
  summary: 'integrate-and-fire, reset to zero',
  parameters: commonParameters({ ...ONE, resets: ['hard'] }),
};
