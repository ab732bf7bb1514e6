/**
 * The signed multi-threshold neuron, for coarse thresholds and few steps: like multiThreshold.ts, but what
 * was fired too early is taken back by spikes of the other sign, and never more than was fired. Its N
 * thresholds halve down to D, so that what it fires in a step is a whole number m of D, and |m| in binary
 * says which thresholds fire. It is not in the paper and has no fused kernel: it runs step by step.
 */

import { commonParameters } from './commonParameters.js';
import { halfOfSmallest, type Neuron } from './neuron.js';
import { valueError } from './parameter.js';

const { fround } = Math;

export const signed: Neuron = {
  name: 'signed',
  summary: 'signed multi-threshold: takes back what it fired too early',
  parameters: commonParameters({ thresholds: [0.5, 0.25, 0.125, 0.0625], most: 16 }),
  /** V, then G: the net output so far. */
  membranes: () => 2,
  potentials: 1,
  half: halfOfSmallest,
  learnsAmplitudes: false,
  check({ thresholds, spikeValues }) {
    const volts = Float32Array.from(thresholds);
    if (volts.some((threshold, i) => i > 0 && 2 * threshold !== volts[i - 1])) {
      const what = 'neuron signed needs each to be half of the one before it (in float32)';
      throw valueError('thresholds', thresholds, what);
    }
    if (Float32Array.from(spikeValues).some((value, i) => value !== volts[i])) {
      const what = 'a spike of neuron signed is worth its threshold, leave them out';
      throw valueError('spikeValues', spikeValues, what);
    }
  },
  step(out, spikes, membrane, current, parameters) {
    const size = current.length;
    const lowest = fround(parameters.thresholds.at(-1)!); // D
    const most = 2 ** parameters.thresholds.length - 1; // all thresholds at once
    for (let n = 0; n < size; n++) {
      const potential = fround(membrane[n] + current[n]);
      const given = membrane[size + n]; // G, never negative
      const wanted = Math.ceil(fround(potential / lowest)) - 1; // "exceeds" is strict: leaves V in (0, D]
      const least = -Math.min(most, Math.round(fround(given / lowest)));
      const multiple = Math.max(least, Math.min(most, wanted)); // m
      // G is a multiple of D up to its roundings: it bounds what is taken back in volts, too. + 0: never -0.
      const output = Math.max(fround(multiple * lowest), -given) + 0;
      membrane[n] = fround(potential - output);
      membrane[size + n] = fround(given + output);
      out[n] = output;
      spikes[n] = onesIn(Math.abs(multiple));
    }
  },
};

/** The number of ones in the binary form of a whole number. */
function onesIn(whole: number): number {
  let ones = 0;
  for (let rest = whole; rest > 0; rest &= rest - 1) ones += 1;
  return ones;
}
