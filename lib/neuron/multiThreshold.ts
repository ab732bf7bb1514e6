/**
 * The paper's multi-threshold neuron (section 3.2, Eqs. 4-6): the membrane potential passes the thresholds
 * from high to low, and each that it exceeds takes its share and fires, at most once a step. With thresholds
 * that halve (Theorem 3.1) this writes the potential as a binary number. "Exceeds" is strict; the further "-
 * V_th" in Eq. 5, to which the paper gives no value, is read as 0.
 */

import { commonParameters } from './commonParameters.js';
import { backCascade } from './derivative.js';
import { halfOfSmallest, type Neuron } from './neuron.js';
import { straight } from './surrogate.js';

const { fround } = Math;

export const multiThreshold: Neuron = {
  name: 'mt',
  summary: 'multi-threshold, each threshold at most once a step (Eqs. 4-6)',
  parameters: commonParameters({ thresholds: [2, 1, 0.5, 0.25], most: 255, leak: 1 }),
  membranes: () => 1,
  half: halfOfSmallest,
  learnsAmplitudes: false,
  dynamics: 'cascade',
  back: backCascade,
  derivative: { surrogate: straight, reset: 'attached' },
  step(out, spikes, membrane, current, parameters) {
    const thresholds = Float32Array.from(parameters.thresholds);
    const values = Float32Array.from(parameters.spikeValues);
    const leak = fround(parameters.leak);
    for (let n = 0; n < membrane.length; n++) {
      let potential = fround(fround(leak * membrane[n]) + current[n]); // Eq. 4: V(t-1) + I(t)
      let output = 0;
      let count = 0;
      for (let i = 0; i < thresholds.length; i++) {
        if (potential > thresholds[i]) {
          // Eq. 5
          potential = fround(potential - thresholds[i]); // Eq. 4: - V_th,i s_i(t)
          output = fround(output + values[i]); // Eq. 6
          count += 1;
        }
      }
      membrane[n] = potential;
      out[n] = output;
      spikes[n] = count;
    }
  },
};
