/**
 * What a neuron model is: parameters, a state that the caller owns, and a pure step over arrays of neurons.
 * Networks hold neurons, not their names; one that is in no table also runs, step by step. The weighted spike
 * o(t) (Eqs. 3 and 6) is what the next layer receives.
 */

import type { NeuronParameters, NeuronSchema } from './commonParameters.js';
import type { Surrogate } from './surrogate.js';

/**
 * How a neuron fires: `single` where V >= V_th, its only threshold; `cascade` passes its thresholds from high
 * to low, each where V > V_th,i; `levels` has a membrane for each threshold, which fires where V_i > V_th,i.
 * `integrate` sums its current and never fires.
 */
export type Dynamics = 'integrate' | 'single' | 'cascade' | 'levels';

/** What is taken for the derivative of a spike, and whether gradients also flow through the reset. */
export interface SpikeDerivative {
  readonly surrogate: Surrogate;
  readonly reset: 'detached' | 'attached';
}

/** Neurons at one step, as they were before it: `membrane` V(t-1) [k,n] and `current` I(t) [n]. */
export interface StepInput {
  readonly membrane: Float32Array;
  readonly current: Float32Array;
}

/**
 * One time step backwards: writes dL/dI(t) [n] into `gradCurrent`; `carried` [k,n] is dL/dV(t) and becomes
 * dL/dV(t-1). `gradOut` [n] is dL/do(t).
 */
export type StepBack<Values extends NeuronParameters = NeuronParameters> = (
  gradCurrent: Float32Array,
  carried: Float32Array,
  gradOut: Float32Array,
  before: StepInput,
  parameters: Values,
  derivative: SpikeDerivative,
) => void;

export interface Neuron<Values extends NeuronParameters = NeuronParameters> {
  /** The name in files and options. */
  readonly name: string;
  /** One line for help texts and listings. */
  readonly summary: string;
  /** The parameters: options, keys of model files, their checks and the docs come from here. */
  readonly parameters: NeuronSchema<Values>;
  /** Refuses parameters that do not fit together (UsageError); each one is checked before. */
  check?(parameters: Values): void;
  /** How many state values a neuron has, given its number of thresholds; membrane potentials come first. */
  membranes(thresholds: number): number;
  /**
   * How many state values are potentials, which start at the initial potential (others at 0); default: all.
   */
  readonly potentials?: number;
  /** The initial potential "half" in volts, from which a neuron rounds instead of truncating. */
  half(thresholds: readonly number[]): NeuronParameters['initialPotential'];
  /** Whether training learns amplitudes of its spikes (neuron/amplitudes.ts). */
  readonly learnsAmplitudes: boolean;
  /** The kernels that give its bits; without them it runs step by step, in the loops of `step`. */
  readonly dynamics?: Dynamics | undefined;
  /** One time step backwards, for training through time; without it only ASF-BP can train the neuron. */
  readonly back?: StepBack;
  /** The derivative of a spike that its authors use. */
  readonly derivative?: SpikeDerivative;
  /**
   * One time step of n neurons: integrates `current` into `membrane` (changed in place), writes the weighted
   * spikes into `out` and the number of spikes into `spikes`. All have n elements; `membrane` has [k,n] of a
   * neuron with k.
   */
  step(
    out: Float32Array,
    spikes: Uint8Array,
    membrane: Float32Array,
    current: Float32Array,
    parameters: Values,
  ): void;
}

/** Half of the smallest threshold. */
export const halfOfSmallest: Neuron['half'] = (thresholds) => Math.min(...thresholds) / 2;
