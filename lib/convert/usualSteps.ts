/** How many time steps a network is run for by default. */

import type { SpikingModel } from './spikingModel.js';

/** T of a model that does not say: the paper's for DRIVE. */
export const DEFAULT_STEPS = 10;

/** The T that a network was fine-tuned or converted for. */
export function stepsOf({ steps, intendedSteps }: SpikingModel['conversion']): number {
  return steps ?? intendedSteps ?? DEFAULT_STEPS;
}
