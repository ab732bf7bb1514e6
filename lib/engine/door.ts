/** The door: what everybody else sees of an engine. Kernels, scopes and memory stay in this folder. */

import type { Network } from '../net/network.js';
import { batchGradient } from './batch.js';
import type { Kernels } from './contract.js';
import type { Example, LossGradient, Method } from './method.js';
import { newProgram, type Program } from './program.js';
import { copies, newTrainer, type Trainer, type TrainerOptions } from './trainer.js';

/** An engine on so many threads. All engines give the same bits; they differ in speed only. */
export interface Engine {
  readonly name: string;
  readonly threads: number;
  /** A network to be run; its arrays must not be changed until the program is disposed of. */
  prepare(network: Network): Program;
  /** A copy of a network to be trained. */
  trainer<N extends Network>(network: N, method: Method<N>, options: TrainerOptions): Trainer;
  /** Loss and gradient by a method, the mean over examples; nothing is updated. */
  gradient<N extends Network>(network: N, method: Method<N>, examples: readonly Example[]): LossGradient;
}

/** The engine that certain kernels make: of the table in choose.ts, or in tests. */
export function newEngine(name: string, kernels: Kernels): Engine {
  return {
    name,
    threads: kernels.threads,
    prepare: (network) => newProgram(kernels, network),
    trainer: (network, method, options) => newTrainer(kernels, network, method, options),
    gradient: (network, method, examples) =>
      kernels.scope(() => {
        const { loss, gradients } = batchGradient(kernels, network, method, examples);
        return { loss, gradients: copies(gradients) };
      }),
  };
}

/** Prepares a network, works with it, and disposes of it. */
export function withProgram<T>(engine: Engine, network: Network, work: (program: Program) => T): T {
  const program = engine.prepare(network);
  try {
    return work(program);
  } finally {
    program.dispose();
  }
}
