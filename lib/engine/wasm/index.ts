/** The fast engine: WebAssembly SIMD kernels (assembly/) on threads that share one memory. */

import type { Kernels } from '../contract.js';
import { convolutions } from './convolution.js';
import { gradients } from './gradient.js';
import { Machine, type MachineOptions } from './machine.js';
import { pixelwise } from './pixelwise.js';
import { spiking } from './spiking.js';
import { tensors } from './tensors.js';
import { training } from './training.js';

export { missingFeature as wasmMissing } from './webassembly.js';

export function createWasmKernels(threads: number): Kernels {
  return wasmKernels({ threads });
}

export function wasmKernels(options: MachineOptions): Kernels {
  const machine = new Machine(options);
  return {
    threads: options.threads,
    ...tensors(machine),
    ...convolutions(machine),
    ...gradients(machine),
    ...pixelwise(machine),
    ...training(machine),
    spiking: spiking(machine),
  };
}
