/**
 * Networks whose parameters differ from step to step: batch normalisation with statistics of each step,
 * folded (neuron/foldedNormalisation.ts). Step t runs with the t-th parameters, so such a network runs step
 * by step, for at most as many steps as it was trained for, and nothing takes its steps together.
 */

import { UsageError } from '../../core/error.js';
import type { Network } from '../../net/network.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Frame } from '../kernels/frame.js';
import { weightBytes } from '../kernels/memory.js';
import type { SimulationOptions } from './simulation.js';

/** The run of a network in step t, 0 .. T-1. */
export function frameOfStep(frame: Frame<SpikingNetwork>, t: number): Frame<SpikingNetwork> {
  const parameters = frame.network.stepParameters?.[t];
  return parameters ? { ...frame, network: { ...frame.network, parameters } } : frame;
}

/** Refuses more steps than there are parameters of, and delayed timing (UsageError). */
export function requireStepParameters(
  network: SpikingNetwork,
  { steps, timing }: Pick<SimulationOptions, 'steps' | 'timing'>,
): void {
  const { stepParameters } = network;
  if (!stepParameters) return;
  if (timing === 'delayed') requireOneSet(network, 'timing delayed', 'take timing same');
  if (steps <= stepParameters.length) return;
  throw new UsageError(
    `steps ${steps}: the network normalises each step on its own and was trained for ` +
      `${stepParameters.length}: take at most that`,
    'steps',
  );
}

/** Refuses what has one set of parameters for all steps (UsageError). */
export function requireOneSet(network: Network, what: string, remedy: string): void {
  const { stepParameters }: Partial<SpikingNetwork> = network;
  if (!stepParameters) return;
  throw new UsageError(
    `${what}: the network normalises each step on its own, so no one set of weights holds it: ${remedy}`,
  );
}

/** All arrays of a network, each once. */
export function arraysOf(network: Network): ReadonlySet<Float32Array> {
  const { stepParameters = [network.parameters] }: Partial<SpikingNetwork> = network;
  return new Set(stepParameters.flatMap((parameters) => [...parameters.values()]));
}

/**
 * Bytes that weights of all steps take beyond the two orders of one set (simulationMemory.ts): two orders of
 * every set, and the sets themselves, which were folded for this run.
 */
export function bytesOfMoreWeights(network: SpikingNetwork): number {
  if (!network.stepParameters) return 0;
  const all = [...arraysOf(network)].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return 3 * all - 2 * weightBytes(network.layers);
}
