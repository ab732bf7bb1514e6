/**
 * The engines that are timed, and what their memory requires of callers: tensors that kernels read and write
 * in place, scopes that free them, and the promise that weights do not change.
 */

import { availableParallelism } from 'node:os';
import { chooseKernels, defaultEngine } from '../../lib/engine/choose.js';
import { type Engine as Door, newEngine } from '../../lib/engine/door.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';

export interface Engine {
  readonly name: string;
  readonly threads: number;
  readonly kernels: Kernels;
}

/** What every other engine is compared with. */
const REFERENCE = 'reference';

/** An engine on one thread, and on `threads` if that is more and the engine supports it. */
export function enginesOf(name: string = defaultEngine().name, threads = availableParallelism()): Engine[] {
  const [alone, all] = [1, threads].map((count) => chooseKernels(name, count));
  const different = all.threads > 1 ? [alone, all] : [alone];
  return different.map((kernels) => ({ name, threads: kernels.threads, kernels }));
}

/** The public interface of the engine, for whole networks. */
export function door({ name, kernels }: Engine): Door {
  return newEngine(name, kernels);
}

/** The engines with the reference beside them. */
export function withReference(engines: readonly Engine[]): readonly Engine[] {
  return engines.some(isReference) ? engines : [...engines, ...enginesOf(REFERENCE)];
}

export function isReference(engine: Engine): boolean {
  return engine.name === REFERENCE;
}

/** Runs `work` in a scope of every engine; `frozen` promises that it changes no weights. */
export function within<T>(engines: readonly Engine[], frozen: boolean, work: () => T): T {
  const [engine, ...others] = engines;
  if (!engine) return work();
  const inner = () => engine.kernels.scope(() => within(others, frozen, work));
  return frozen ? engine.kernels.frozen(inner) : inner();
}

/** A copy of values in the engine's memory, until the enclosing scope ends. */
export function tensorOf({ kernels }: Engine, values: Float32Array): Float32Array {
  const tensor = kernels.tensor(values.length);
  tensor.set(values);
  return tensor;
}

/** Zeros in the engine's memory, until the enclosing scope ends. */
export function zerosOf({ kernels }: Engine, length: number): Float32Array {
  return kernels.tensor(length).fill(0);
}
