/**
 * The contract of fused kernels: a layer of spiking neurons over many steps in one call, current and neuron
 * update together. The bits are those of the kernels of contract.ts followed by a step of lib/neuron.
 */

import type { Window } from '../../core/window.js';
import type { Dynamics } from '../../neuron/neuron.js';
import type { ConvDims, ConvTransposeDims, PoolDims } from './dims.js';

/** What all neurons of a population share. Populations of a network may differ. */
export interface FusedNeuron {
  readonly dynamics: Dynamics;
  /** In volts, from high to low, at most 8. */
  readonly thresholds: readonly number[];
  /** The value of a spike of each threshold, in volts. */
  readonly spikeValues: readonly number[];
  /** Part of the potential that is left after a step. */
  readonly leak: number;
  readonly reset: 'soft' | 'hard';
  /** In volts, for all membranes, or for the membrane of each level. */
  readonly initialPotential: number | readonly number[];
}

/** Which sums over the steps are kept for every neuron. */
export interface Kept {
  readonly currents: boolean;
  readonly flows: boolean;
  readonly spikeCounts: boolean;
}

/** The size [H,W,C] of a layer's output. */
export type PopulationDims = PoolDims;

/**
 * The neurons of one layer. Its tensors are available after the last step, and live in the scope of the
 * caller.
 */
export interface Population {
  /** Potentials [H,W,C]; for dynamics `levels` [k,H,W,C]. */
  membrane(): Float32Array;
  /** Frees the potentials, after the last step; the sums stay. */
  releaseMembrane(): void;
  /** A sum [H,W,C], if it is kept. */
  currents(): Float32Array;
  /** A sum [H,W,C], if it is kept. */
  flows(): Float32Array;
  /** A sum [H,W,C], if it is kept. */
  spikeCounts(): Uint32Array;
}

/** The spikes of a layer in some consecutive steps. */
export interface SpikeTrain {
  /** Number of spikes of all neurons that are counted, in each step. */
  readonly spikesPerStep: readonly number[];
  /** Frees the spikes, once no layer reads them any more. */
  release(): void;
}

/** How currents are computed: dense, event-driven, or by the density of each layer (auto). */
export type SpikingMode = 'dense' | 'event' | 'auto';

/** Each call continues a population from its last step, for a number of steps. */
export interface SpikingKernels {
  /** A simulation that needs more memory than this cannot run. */
  readonly mostBytes: number;
  /** Whether it can run these neurons; others run with the kernels of single steps. */
  supports(dynamics: Dynamics | undefined, thresholds: readonly number[]): dynamics is Dynamics;
  /** New neurons. Only spikes in `counted` (default: all) are counted in `spikesPerStep`. */
  population(dims: PopulationDims, neuron: FusedNeuron, kept: Kept, counted?: Window): Population;
  /** Steps with the same current [H,W,C] in each. */
  inject(population: Population, current: Float32Array, steps: number): SpikeTrain;
  /** Steps with the current of a convolution of one spike train, or of the concatenation of two. */
  convolve(
    population: Population,
    inputs: readonly SpikeTrain[],
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvDims,
    mode: SpikingMode,
  ): SpikeTrain;
  convolveTransposed(
    population: Population,
    inputs: readonly SpikeTrain[],
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvTransposeDims,
    mode: SpikingMode,
  ): SpikeTrain;
  /** Steps with the current of 2x2 average pooling. */
  pool(population: Population, input: SpikeTrain): SpikeTrain;
}
