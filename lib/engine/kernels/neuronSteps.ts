/**
 * One step of a layer's neurons, forward or backward: by the kernels of an engine where it has some that give
 * the neuron's bits, else by the neuron's own loops.
 */

import { backwardDynamics, type StepsBack } from '../../neuron/derivative.js';
import type { StepInput } from '../../neuron/neuron.js';
import type { LayerNeuron } from '../../neuron/spikingNetwork.js';
import type { Kernels } from './contract.js';

/** Integrates `current` [n] into `membrane` [k,n]; writes weighted spikes and numbers of spikes [n]. */
export function stepNeurons(
  { steps }: Pick<Kernels, 'steps'>,
  { neuron, parameters }: LayerNeuron,
  out: Float32Array,
  spikes: Uint8Array,
  membrane: Float32Array,
  current: Float32Array,
): void {
  const { dynamics } = neuron;
  if (steps?.supports(dynamics, parameters.thresholds))
    steps.forward(out, spikes, membrane, current, { ...parameters, dynamics });
  else neuron.step(out, spikes, membrane, current, parameters);
}

/** Writes dL/dI(t) [n] from dL/do(t) [n]; `carried` [k,n] is dL/dV(t) and becomes dL/dV(t-1). */
export function stepNeuronsBack(
  { steps }: Pick<Kernels, 'steps'>,
  { parameters }: Pick<LayerNeuron, 'parameters'>,
  { back, derivative }: StepsBack,
  gradCurrent: Float32Array,
  carried: Float32Array,
  gradOut: Float32Array,
  before: StepInput,
): void {
  const dynamics = backwardDynamics.get(back);
  const { kernel: surrogate } = derivative.surrogate;
  if (surrogate !== undefined && steps?.supports(dynamics, parameters.thresholds)) {
    const known = { surrogate, reset: derivative.reset };
    steps.backward(gradCurrent, carried, gradOut, before, { ...parameters, dynamics }, known);
  } else back(gradCurrent, carried, gradOut, before, parameters, derivative);
}

/** Room for the numbers of spikes of n neurons, in the innermost scope. */
export function newSpikeCounts({ tensor }: Pick<Kernels, 'tensor'>, n: number): Uint8Array {
  const { buffer, byteOffset } = tensor(Math.ceil(n / Uint32Array.BYTES_PER_ELEMENT));
  return new Uint8Array(buffer, byteOffset, n);
}
