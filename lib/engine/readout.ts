/**
 * What the summed current of the last layer means (sections 3.1 and 3.4.2): for segmentation the scores whose
 * largest names the class; for denoising its mean over the steps is the noise map.
 */

import type { Task } from '../net/architecture.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { Kernels } from './contract.js';
import type { Run } from './predict.js';
import { simulate } from './simulateNetwork.js';
import type { Simulation, SimulationOptions } from './simulation.js';

/** Scores or noise map [H,W,K] from I_in of the last layer [H,W,K]. */
export function readOut(task: Task, summedCurrent: Float32Array, steps: number): Float32Array {
  return task === 'segment' ? summedCurrent : meanOverSteps(summedCurrent, steps);
}

/** I_in / T (Eq. 12). */
export function meanOverSteps(summedCurrent: Float32Array, steps: number): Float32Array {
  return summedCurrent.map((value) => value / steps);
}

/** The run of a spiking network: T steps and the read-out of its task; `onSimulation` sees what was kept, which is gone afterwards. */
export function spikingRun(
  kernels: Kernels,
  network: SpikingNetwork,
  task: Task,
  options: SimulationOptions,
  onSimulation?: (simulation: Simulation) => void,
): Run {
  return (input, height, width, counted) =>
    kernels.scope((keep) => {
      const simulation = simulate(kernels, network, input, height, width, { ...options, counted });
      onSimulation?.(simulation);
      return { output: keep(readOut(task, simulation.output, options.steps)), spikes: simulation.spikes };
    });
}
