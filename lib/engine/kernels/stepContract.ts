/**
 * The contract of kernels for single steps of neurons, forward and backward: for training through time, and
 * for networks that run step by step. The bits are those of lib/neuron.
 */

import type { Dynamics, SpikeDerivative, StepInput } from '../../neuron/neuron.js';
import type { SurrogateKernel } from '../../neuron/surrogate.js';
import type { FusedNeuron } from './spikingContract.js';

/** What all neurons of a layer share; steps begin from the membranes that they are given. */
export type SteppedNeuron = Omit<FusedNeuron, 'initialPotential'>;

/** A derivative that kernels know. */
export interface KernelDerivative extends Pick<SpikeDerivative, 'reset'> {
  readonly surrogate: SurrogateKernel;
}

export interface StepKernels {
  /** Whether it can compute steps of these neurons; those of others are plain loops. */
  supports(dynamics: Dynamics | undefined, thresholds: readonly number[]): dynamics is Dynamics;
  /** `Neuron.step`: `membrane` is changed in place. */
  forward(
    out: Float32Array,
    spikes: Uint8Array,
    membrane: Float32Array,
    current: Float32Array,
    neuron: SteppedNeuron,
  ): void;
  /** `StepBack` of these dynamics: `carried` is changed in place. */
  backward(
    gradCurrent: Float32Array,
    carried: Float32Array,
    gradOut: Float32Array,
    before: StepInput,
    neuron: SteppedNeuron,
    derivative: KernelDerivative,
  ): void;
}
