/**
 * What the summed current of the last layer means (sections 3.1 and 3.4.2): for segmentation scores, the
 * largest of which gives the class; for denoising the noise map, as its mean over the steps.
 */

import type { Task } from '../net/architecture.js';
import { anySize, type Run } from './predict.js';
import type { Program } from './program.js';
import type { SimulationOptions } from './simulate/simulation.js';

/** Scores or noise map [H,W,K] from I_in of the last layer [H,W,K]. */
export function readOut(task: Task, summedCurrent: Float32Array, steps: number): Float32Array {
  return task === 'segment' ? summedCurrent : meanOverSteps(summedCurrent, steps);
}

/** I_in / T (Eq. 12). */
export function meanOverSteps(summedCurrent: Float32Array, steps: number): Float32Array {
  return summedCurrent.map((value) => value / steps);
}

/**
 * The run of a spiking network: T steps and the read-out of its task. Sums are kept only if `options` say so.
 */
export function spikingRun(program: Program, task: Task, options: SimulationOptions): Run {
  return anySize(program.multipleOf, (image, counted) => {
    const { output, spikes } = program.simulate(image, { keep: [], ...options, counted });
    return { output: readOut(task, output, options.steps), spikes };
  });
}
