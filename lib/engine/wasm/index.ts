/**
 * The fast engine: WebAssembly SIMD kernels (assembly/) on threads that share one memory, or on one thread.
 */

import type { Kernels } from '../kernels/contract.js';
import { channelSums } from './channelSums.js';
import { convolutions } from './convolution.js';
import { counts } from './counts.js';
import { gradients } from './gradient.js';
import { integers } from './integers.js';
import { Machine, type MachineOptions } from './machine.js';
import { pixelwise } from './pixelwise.js';
import { steps } from './singleSteps.js';
import { spiking } from './spiking.js';
import { tensors } from './tensors.js';
import { training } from './training.js';

export type { Host } from './host.js';
export {
  instructions as wasmInstructions,
  threadsMissing as wasmThreadsMissing,
  wasmMissing,
} from './webassembly.js';

export function wasmKernels(options: MachineOptions): Kernels {
  const machine = new Machine(options);
  return {
    threads: machine.threads.count,
    ...tensors(machine),
    ...convolutions(machine),
    ...gradients(machine),
    ...pixelwise(machine),
    ...counts(machine),
    ...training(machine),
    spiking: spiking(machine),
    steps: steps(machine),
    integers: integers(machine),
    channels: channelSums(machine),
  };
}
