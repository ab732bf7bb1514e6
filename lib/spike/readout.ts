/**
 * What the summed current of the last layer means (sections 3.1 and 3.4.2): for segmentation the scores whose
 * largest names the class; for denoising its mean over the steps is the noise map.
 */

import type { Task } from '../image/dataset/dataset.js';
import type { Kernels } from '../kernel/contract.js';
import type { Run } from '../unet/predict.js';
import { type Mode, type SpikingNetwork, simulate } from './simulate.js';

/** Scores or noise map [H,W,K] from I_in of the last layer [H,W,K]. */
export function readOut(task: Task, summedCurrent: Float32Array, steps: number): Float32Array {
  return task === 'segment' ? summedCurrent : meanOverSteps(summedCurrent, steps);
}

/** I_in / T (Eq. 12). */
export function meanOverSteps(summedCurrent: Float32Array, steps: number): Float32Array {
  return summedCurrent.map((value) => value / steps);
}

/** The run of a spiking network: T steps and the read-out of its task. */
export function spikingRun(
  kernels: Kernels,
  network: SpikingNetwork,
  task: Task,
  steps: number,
  mode: Mode,
): Run {
  return (input, height, width) => {
    const { output, spikes } = simulate(kernels, network, input, height, width, { steps, mode });
    return { output: readOut(task, output, steps), spikes };
  };
}
