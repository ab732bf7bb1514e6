/** The public interface of an engine. Kernels, scopes and memory stay inside this folder. */

import type { Network } from '../net/network.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { newIntegerProgram } from './integerProgram.js';
import type { Kernels } from './kernels/contract.js';
import { batchGradient } from './learn/batch.js';
import type { Example, LossGradient, Method } from './learn/method.js';
import { copies, newTrainer, type Trainer, type TrainerOptions } from './learn/trainer.js';
import { newProgram, type Program } from './program.js';

/** An engine on a number of threads. All engines give the same bits; they differ only in speed. */
export interface Engine {
  readonly name: string;
  readonly threads: number;
  /** Prepares a network for running; its arrays must not be changed until the program is disposed of. */
  prepare(network: Network): Program;
  /** Prepares a copy of a network for training. */
  trainer<N extends Network>(network: N, method: Method<N>, options: TrainerOptions): Trainer;
  /** Loss and gradient by a method, the mean over examples; nothing is updated. */
  gradient<N extends Network>(network: N, method: Method<N>, examples: readonly Example[]): LossGradient;
  /**
   * Disposes of every program and trainer that it made. Its threads end and its memory is freed, unless
   * another engine of the same kind and number of threads still uses them.
   */
  dispose(): void;
}

/**
 * An engine made of kernels, for the table in choose.ts and for tests. `letGo` is called once, when the
 * engine is disposed of, since other engines may share the kernels.
 */
export function newEngine(name: string, kernels: Kernels, letGo: () => void = () => {}): Engine {
  const made = new Set<Disposable>();
  let disposed = false;
  const requireOpen = () => {
    if (disposed) throw new Error(`engine ${name}: was disposed of, choose it again`);
  };
  /** Keeps track of programs and trainers until they are disposed of. */
  const remember = <Made extends Disposable>(thing: Made): Made => {
    const mine = {
      ...thing,
      dispose: () => {
        made.delete(mine);
        thing.dispose();
      },
    };
    made.add(mine);
    return mine;
  };
  return {
    name,
    threads: kernels.threads,
    prepare: (network) => {
      requireOpen();
      return remember(isWhole(network) ? newIntegerProgram(kernels, network) : newProgram(kernels, network));
    },
    trainer: (network, method, options) => {
      requireOpen();
      return remember(newTrainer(kernels, network, method, options));
    },
    gradient: (network, method, examples) => {
      requireOpen();
      return kernels.scope(() => {
        const { gradients, ...rest } = batchGradient(kernels, network, method, examples);
        return { ...rest, gradients: copies(gradients) };
      });
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      for (const thing of made) thing.dispose();
      letGo();
    },
  };
}

/** Whether the parameters of a network are whole numbers. */
function isWhole(network: Network): network is SpikingNetwork {
  return 'bits' in network && network.bits !== undefined;
}

interface Disposable {
  dispose(): void;
}

/** Prepares a network, calls `work` with the program, and disposes of it. */
export function withProgram<T>(engine: Engine, network: Network, work: (program: Program) => T): T {
  const program = engine.prepare(network);
  try {
    return work(program);
  } finally {
    program.dispose();
  }
}
