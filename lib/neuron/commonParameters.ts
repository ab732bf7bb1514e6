/** The parameters that all neurons have: thresholds, values of spikes, leak, reset, initial potential. */

import { notPositive, numberFrom, type Origin, oneWord, type Parameter, type Schema } from './parameter.js';

/** What a spike does to the membrane: V -= V_th, or V = 0. */
export type Reset = 'soft' | 'hard';

/** The parameters of every neuron; a neuron with more of them extends this. */
export interface NeuronParameters {
  /** V_th,i in volts of the normalised network (1 = the activation lambda), from high to low. */
  readonly thresholds: readonly number[];
  /** The value of a spike of each threshold, in volts. */
  readonly spikeValues: readonly number[];
  /**
   * Part of the potential that is left after a step, 0..1; 1: no leak. V(t) = fround(fround(leak V(t-1)) +
   * I(t)).
   */
  readonly leak: number;
  readonly reset: Reset;
  /**
   * Membrane potential before the first step, in volts: one for all membranes of a neuron, or one for each.
   */
  readonly initialPotential: number | readonly number[];
}

/** The thresholds of a neuron, with their greatest number. */
export interface ThresholdList extends Parameter<readonly number[]> {
  readonly most: number;
  /** The defaults in volts, from high to low. */
  readonly defaults: readonly number[];
}

/** The parameters of a neuron. */
export type NeuronSchema<Values extends NeuronParameters> = Schema<Values> & {
  readonly thresholds: ThresholdList;
};

/**
 * Where neurons differ; defaults are lossless: no leak, reset by subtraction, spikes worth their thresholds.
 */
export interface Differences {
  readonly thresholds: readonly number[];
  /** How many thresholds the neuron can have. */
  readonly most: number;
  readonly spikeValues?: (origin: Origin, thresholds: readonly number[]) => readonly number[];
  /** The usual leak of a neuron whose leak can be chosen. */
  readonly leak?: number | ((origin: Origin) => number);
  readonly resets?: readonly Reset[];
  readonly reset?: (origin: Origin) => Reset;
}

/** The five parameters that every neuron has. */
export function commonParameters(of: Differences): NeuronSchema<NeuronParameters> {
  const { resets = ['soft'], spikeValues = (_origin, thresholds) => thresholds } = of;
  const leastLeak = of.leak === undefined ? 1 : 0;
  return {
    thresholds: thresholdList(of.thresholds, of.most),
    spikeValues: {
      kind: 'numbers',
      summary: 'what a spike of each threshold is worth',
      unit: 'V',
      range: 'above 0, as many as thresholds',
      usual: spikeValues,
      wrong(values, thresholds) {
        if (Array.isArray(values) && values.length !== thresholds.length)
          return `got ${values.length} values for ${thresholds.length} thresholds`;
        return notPositive(values);
      },
    },
    leak: numberFrom(leastLeak, 1, of.leak ?? 1, {
      summary: 'part of the membrane potential left a step later',
    }),
    reset: oneWord(resets, of.reset ?? (() => resets[0]), {
      summary: 'what a spike does to the membrane: subtracts its threshold (soft), or sets it to 0 (hard)',
    }),
    initialPotential: initialPotential,
  };
}

function thresholdList(defaults: readonly number[], most: number): ThresholdList {
  const count = most === 1 ? 'exactly 1' : `1 to ${most}`;
  return {
    ...{ kind: 'numbers', unit: 'V', most, defaults },
    summary: 'where it fires',
    range: `${count} above 0, falling`,
    usual: () => defaults,
    wrong(values, _thresholds, neuron) {
      if (Array.isArray(values) && (values.length < 1 || values.length > most))
        return `got ${values.length} values, neuron ${neuron} takes ${count}`;
      const notVolts = notPositive(values);
      if (notVolts) return notVolts;
      const volts = Float32Array.from(values as readonly number[]);
      if (volts.every((volt, i) => i === 0 || volt < volts[i - 1])) return undefined;
      return 'expected each threshold to be lower than the one before it';
    },
  };
}

const initialPotential: Parameter<number | readonly number[]> = {
  kind: 'numbers',
  summary: 'membrane potential before the first step, of all membranes of a neuron or of each',
  unit: 'V',
  range: 'any',
  usual: () => 0,
  wrong(value) {
    const starts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (starts.every(Number.isFinite)) return undefined;
    return 'expected a number of volts or "half"';
  },
};

/** The potential of membrane k before the first step. */
export function potentialOf(
  { initialPotential }: Pick<NeuronParameters, 'initialPotential'>,
  k: number,
): number {
  return typeof initialPotential === 'number' ? initialPotential : initialPotential[k];
}
