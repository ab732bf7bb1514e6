/**
 * A network that learns: its weights and the optimiser's averages stay in the engine between updates; what
 * comes out are copies. The method computes the gradients (method.ts); train/loop.ts decides when to stop.
 */

import type { Network } from '../../net/network.js';
import { learnedParameters, mapParameters, type Parameters, zerosLike } from '../../net/parameters.js';
import { addWeightDecay } from '../../op/sgd.js';
import type { Kernels } from '../kernels/contract.js';
import { NotFiniteError } from '../kernels/finite.js';
import { batchGradient } from './batch.js';
import type { Example, Method } from './method.js';
import type { Averages, Optimiser } from './optimiser.js';

export interface TrainerOptions {
  readonly optimiser: Optimiser;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0 or left out: never. */
  readonly clip?: number;
  /** Part of each parameter that is added to its gradient, after clipping; left out: 0. */
  readonly weightDecay?: number;
  /**
   * Where training continues from: the optimiser's averages and how many updates they have seen; default:
   * none.
   */
  readonly averages?: Averages;
  readonly updates?: number;
}

export interface Trainer {
  /**
   * One update by the mean over a batch; returns its loss. DataError or UsageError for examples that do not
   * fit; NotFiniteError, with nothing updated, where the loss or the gradient is not finite.
   */
  step(examples: readonly Example[], learningRate: number): number;
  /** The parameters as they are now: copies. */
  parameters(): Parameters;
  /** The optimiser's averages as they are now: copies. */
  averages(): Averages;
  /** Frees what it holds in the engine. */
  dispose(): void;
}

export function newTrainer<N extends Network>(
  kernels: Kernels,
  network: N,
  method: Method<N>,
  { optimiser, clip = 0, weightDecay = 0, ...from }: TrainerOptions,
): Trainer {
  const resident = (parameters: Parameters) => mapParameters(parameters, kernels.resident);
  const parameters = resident(network.parameters);
  const trained = { ...network, parameters };
  const learned = learnedParameters(parameters);
  const averages: Averages = new Map(
    optimiser.slots.map((slot) => [slot, resident(from.averages?.get(slot) ?? zerosLike(learned))]),
  );
  let updates = from.updates ?? 0;
  let disposed = false;
  /** Within a scope of tensors; what is held in the engine must still be there. */
  const within = <T>(work: () => T): T => {
    if (disposed) throw new Error('the trainer was disposed of: take what it has learned before that');
    return kernels.scope(work);
  };
  return {
    step: (examples, learningRate) =>
      within(() => {
        const { loss, gradients, statistics = [] } = batchGradient(kernels, trained, method, examples);
        requireFinite('loss', loss);
        guardNorm(kernels, gradients, clip);
        updates += 1;
        const ofSlots = optimiser.slots.map((slot) => averages.get(slot)!);
        for (const [name, weight] of learned) {
          const gradient = gradients.get(name)!;
          if (weightDecay !== 0) addWeightDecay(gradient, weight, weightDecay);
          const own = ofSlots.map((values) => values.get(name)!);
          optimiser.update(kernels, weight, own, gradient, learningRate, updates);
        }
        for (const [name, values] of statistics) parameters.get(name)!.set(values);
        return loss;
      }),
    parameters: () => within(() => copies(parameters)),
    averages: () => within(() => new Map([...averages].map(([slot, values]) => [slot, copies(values)]))),
    dispose: () => {
      disposed = true;
      for (const held of [parameters, ...averages.values()])
        for (const values of held.values()) kernels.release(values);
    },
  };
}

/** Arrays of the caller's own. */
export function copies(parameters: Parameters): Parameters {
  return mapParameters(parameters, (values) => values.slice());
}

/** Refuses a gradient that is not finite (NotFiniteError), and shortens one that is longer than `clip`. */
function guardNorm(kernels: Kernels, gradients: Parameters, clip: number): void {
  let squares = 0; // float64, in the order of the parameters: the same number on every engine
  for (const gradient of gradients.values()) for (const value of gradient) squares += value * value;
  const norm = Math.sqrt(squares);
  requireFinite('norm of the gradient', norm);
  if (clip === 0 || norm <= clip) return;
  const divisor = Math.fround(norm / clip);
  for (const gradient of gradients.values()) kernels.divideBy(gradient, divisor);
}

function requireFinite(what: string, value: number): void {
  if (!Number.isFinite(value)) throw new NotFiniteError(`the ${what} became ${value}`);
}
