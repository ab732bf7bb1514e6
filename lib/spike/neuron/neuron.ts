/**
 * What a neuron model is: a pure step over arrays of neurons that the caller owns, and a name in the table of
 * neuron/index.ts. The weighted spike o(t) (Eqs. 3 and 6) is what the next layer receives.
 */

/** What all neurons of a network share. */
export interface NeuronParameters {
  /** V_th,i in volts of the normalised network (1 = the activation lambda), from high to low. */
  readonly thresholds: readonly number[];
  /** Membrane potential before the first step, in volts. */
  readonly initialPotential: number;
}

export interface Neuron {
  /** One line for help texts and listings. */
  readonly summary: string;
  readonly defaultThresholds: readonly number[];
  /** How many thresholds it can have. */
  readonly mostThresholds: number;
  /**
   * One time step of n neurons: integrates `current` into `membrane` (changed in place), writes the weighted
   * spikes into `out` and the number of spikes into `spikes`; all four have n elements.
   */
  step(
    out: Float32Array,
    spikes: Uint8Array,
    membrane: Float32Array,
    current: Float32Array,
    parameters: NeuronParameters,
  ): void;
}
