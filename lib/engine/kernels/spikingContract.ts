/**
 * The contract of fused kernels: a layer of spiking neurons over many steps in one call, current and neuron
 * update together. The bits are those of the kernels of contract.ts followed by a step of lib/neuron.
 */

import type { Window } from '../../core/window.js';
import type { Dynamics } from '../../neuron/neuron.js';
import type { ConvDims, ConvTransposeDims, PoolDims } from './dims.js';

/** What all neurons of a population share. Populations of a network may differ in it. */
export interface FusedNeuron {
  readonly dynamics: Dynamics;
  /** From high to low, at most 8. */
  readonly thresholds: readonly number[];
  /** What a spike of each threshold is worth, in volts. */
  readonly spikeValues: readonly number[];
  /** Part of the potential that is left a step later. */
  readonly leak: number;
  readonly reset: 'soft' | 'hard';
  /** Of all membranes, or of the membrane of each level. */
  readonly initialPotential: number | readonly number[];
}

/** What is to be kept of every neuron, summed over the steps. */
export interface Kept {
  readonly currents: boolean;
  readonly flows: boolean;
  readonly spikeCounts: boolean;
}

/** [H,W,C] of a layer's output. */
export type PopulationDims = PoolDims;

/**
 * The neurons of one layer. Its tensors are asked for after the last step, and live in the scope of whoever
 * asks.
 */
export interface Population {
  /** [H,W,C]; of `levels` [k,H,W,C] */
  membrane(): Float32Array;
  /** To be called when it takes no further steps; the sums stay. */
  releaseMembrane(): void;
  /** [H,W,C], where it was to be kept */
  currents(): Float32Array;
  /** [H,W,C], where it was to be kept */
  flows(): Float32Array;
  /** [H,W,C], where it was to be kept */
  spikeCounts(): Uint32Array;
}

/** The spikes of a layer in some consecutive steps. */
export interface SpikeTrain {
  /** Number of spikes of all neurons that are counted, in each step. */
  readonly spikesPerStep: readonly number[];
  /** To be called when nobody reads it any more. */
  release(): void;
}

/** Dense, event-driven, or whichever fits the density of each layer. */
export type SpikingMode = 'dense' | 'event' | 'auto';

/** Every call continues the population where the last one left it, for so many steps. */
export interface SpikingKernels {
  /** A simulation that takes more memory than that cannot run. */
  readonly mostBytes: number;
  /** Whether it can run these neurons; where not, there are the kernels of single steps. */
  supports(dynamics: Dynamics | undefined, thresholds: readonly number[]): dynamics is Dynamics;
  /** Only spikes in `counted` (default: all) are counted in `spikesPerStep`. */
  population(dims: PopulationDims, neuron: FusedNeuron, kept: Kept, counted?: Window): Population;
  /** The same current [H,W,C] in every step. */
  inject(population: Population, current: Float32Array, steps: number): SpikeTrain;
  /** The current of a convolution of one spike train, or of the concatenation of two. */
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
  /** The current of 2x2 average pooling. */
  pool(population: Population, input: SpikeTrain): SpikeTrain;
}
