/**
 * What a neuron model is: a pure step over arrays of neurons that the caller owns. Networks hold neurons, not their names;
 * one that is in no table runs as well, step by step. The weighted spike o(t) (Eqs. 3 and 6) is what the next layer receives.
 */

/**
 * How a neuron fires: `single` where V >= V_th, its only threshold; `cascade` passes its thresholds from high to low,
 * each where V > V_th,i; `levels` has a membrane for each threshold, which fires where V_i > V_th,i. `integrate` sums
 * its current and never fires.
 */
export type Dynamics = 'integrate' | 'single' | 'cascade' | 'levels';

/** What a spike does to the membrane: V -= V_th, or V = 0. */
export type Reset = 'soft' | 'hard';

/** Where the weights come from: a U-Net that was converted, or training with the neurons in place. */
export type Origin = 'converted' | 'direct';

/** What all neurons of a network share. */
export interface NeuronParameters {
  /** V_th,i in volts of the normalised network (1 = the activation lambda), from high to low. */
  readonly thresholds: readonly number[];
  /** What a spike of each threshold is worth, in volts. */
  readonly spikeValues: readonly number[];
  /** Part of the potential that is left a step later, 0..1; 1: no leak. V(t) = fround(fround(leak V(t-1)) + I(t)). */
  readonly leak: number;
  readonly reset: Reset;
  /** Membrane potential before the first step, in volts: of all membranes of a neuron, or of each of them. */
  readonly initialPotential: number | readonly number[];
}

/** What a neuron does where nobody says otherwise. */
export type NeuronDefaults = Pick<NeuronParameters, 'spikeValues' | 'leak' | 'reset'>;

export interface Neuron {
  /** What files and options call it. */
  readonly name: string;
  /** One line for help texts and listings. */
  readonly summary: string;
  readonly defaultThresholds: readonly number[];
  /** How many thresholds it can have. */
  readonly mostThresholds: number;
  /** Whether `leak` may be chosen. */
  readonly leaky: boolean;
  readonly resets: readonly Reset[];
  defaults(origin: Origin, thresholds: readonly number[]): NeuronDefaults;
  /** Refuses parameters that this neuron cannot have (UsageError), beyond what is checked of every neuron. */
  check?(parameters: NeuronParameters): void;
  /** How many state values a neuron with so many thresholds has: membrane potentials first. */
  membranes(thresholds: number): number;
  /** How many of them are potentials, which start at the initial potential (the others at 0); default: all. */
  readonly potentials?: number;
  /** The initial potential "half", of which a neuron rounds instead of truncating, in volts. */
  half(thresholds: readonly number[]): NeuronParameters['initialPotential'];
  /** Whether training gives each input channel of a layer a learned amplitude (neuron/amplitudes.ts). */
  readonly learnsAmplitudes: boolean;
  /** The fused kernels that have its bits; without them it runs step by step. */
  readonly dynamics?: Dynamics;
  /**
   * One time step of n neurons: integrates `current` into `membrane` (changed in place), writes the weighted spikes
   * into `out` and the number of spikes into `spikes`. All have n elements; `membrane` has [k,n] of a neuron with k.
   */
  step(
    out: Float32Array,
    spikes: Uint8Array,
    membrane: Float32Array,
    current: Float32Array,
    parameters: NeuronParameters,
  ): void;
}

/** No leak, soft reset, and a spike is worth its threshold: what it takes from the membrane it hands on. */
export function lossless(_origin: Origin, thresholds: readonly number[]): NeuronDefaults {
  return { spikeValues: thresholds, leak: 1, reset: 'soft' };
}

/** Half of the smallest threshold. */
export const halfOfSmallest: Neuron['half'] = (thresholds) => Math.min(...thresholds) / 2;

/** The potential of membrane k before the first step. */
export function potentialOf(
  { initialPotential }: Pick<NeuronParameters, 'initialPotential'>,
  k: number,
): number {
  return typeof initialPotential === 'number' ? initialPotential : initialPotential[k];
}
