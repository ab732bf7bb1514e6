/**
 * Optimisers as a table: a name, the running averages it keeps for each parameter, and one update. The
 * averages have the form of the parameters and are saved with a checkpoint, so that a resumed run continues
 * exactly.
 */

import { UsageError } from '../../core/error.js';
import type { Parameters } from '../../net/parameters.js';
import type { Kernels } from '../kernels/contract.js';

export interface Optimiser {
  /** Names of the averages it keeps for each parameter. */
  readonly slots: readonly string[];
  /** Which of them averages squares, where one does: a square root is taken of it. */
  readonly squares?: string;
  /** Updates one parameter and its averages in place; `step` counts updates from 1. */
  update(
    kernels: Kernels,
    weight: Float32Array,
    averages: readonly Float32Array[],
    gradient: Float32Array,
    learningRate: number,
    step: number,
  ): void;
}

const adam: Optimiser = {
  slots: ['moment1', 'moment2'],
  squares: 'moment2',
  update(kernels, weight, [moment1, moment2], gradient, learningRate, step) {
    const options = { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step };
    kernels.adamStep(weight, moment1, moment2, gradient, options);
  },
};

const rmsprop: Optimiser = {
  slots: ['squareAverage', 'momentumBuffer'],
  squares: 'squareAverage',
  update(kernels, weight, [squareAverage, momentumBuffer], gradient, learningRate) {
    const options = { learningRate, alpha: 0.99, epsilon: 1e-8, momentum: 0 };
    kernels.rmspropStep(weight, squareAverage, momentumBuffer, gradient, options);
  },
};

const sgd: Optimiser = {
  slots: ['momentumBuffer'],
  update(kernels, weight, [momentumBuffer], gradient, learningRate) {
    kernels.sgdStep(weight, momentumBuffer, gradient, { learningRate, momentum: 0.9 });
  },
};

export const optimisers: Readonly<Record<string, Optimiser>> = { adam, rmsprop, sgd };

/** The averages of an optimiser by slot name, each in the form of the parameters. */
export type Averages = ReadonlyMap<string, Parameters>;

/** An optimiser by name; UsageError for a name that is not in the table. */
export function findOptimiser(name: string): Optimiser {
  const optimiser = Object.hasOwn(optimisers, name) ? optimisers[name] : undefined;
  if (!optimiser)
    throw new UsageError(`optimizer ${name}: expected one of ${Object.keys(optimisers).join(', ')}`);
  return optimiser;
}
