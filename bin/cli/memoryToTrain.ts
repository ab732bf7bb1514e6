/** The memory that training through time needs: said before it starts, and refused where there is less. */

import type { Command } from 'commander';
import { UsageError } from '../../lib/core/error.js';
import { toMiB } from '../../lib/engine/kernels/memory.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { throughTimeBytes } from '../../lib/engine/learn/trainingMemory.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { availableMemory } from '../../lib/node/systemMemory.js';
import type { PreparedTraining } from '../../lib/train/learning.js';
import { count } from './parse.js';
import type { Context } from './stage.js';

/** Option --memory of stages that train. */
export interface TrainingMemoryOption {
  readonly memory?: number;
}

/** `where` says which trainings have it. */
export function addTrainingMemoryOption(command: Command, where: string): void {
  command.option('--memory <MiB>', `${where}MiB that it may take (default: what is free)`, count);
}

/** Says what a training over T steps needs; UsageError where that is more than --memory or than is free. */
export function announceTraining(
  network: SpikingNetwork,
  { data, options }: PreparedTraining,
  steps: number,
  { memory }: TrainingMemoryOption,
  context: Pick<Context, 'log'>,
): void {
  const { patchSize } = data;
  const patch = typeof patchSize === 'number' ? { height: patchSize, width: patchSize } : patchSize;
  const slots = findOptimiser(options.optimizer).slots.length;
  const { batch } = options;
  const needed = toMiB(throughTimeBytes(network, { ...patch, batch, steps, slots }));
  const examples = network.batchNormalisation && batch > 1 ? `${batch} patches` : 'a patch';
  const what = `${steps} steps of ${examples} of ${patch.width}x${patch.height} need about ${needed} MiB`;
  const free = Math.floor(availableMemory() / 2 ** 20);
  const most = memory ?? free;
  if (needed <= most) {
    context.log(what);
    return;
  }
  const limit = memory === undefined ? `but ${free} MiB are free` : `more than --memory ${memory}`;
  const fewer = network.batchNormalisation ? 'fewer --steps, a smaller --batch' : 'fewer --steps';
  throw new UsageError(`${what}, ${limit}: take ${fewer} or a smaller --patch`);
}
