/** Sees how large the memory of an engine becomes. */

import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { wasmKernels } from '../../lib/engine/wasm/index.js';
import { nodeHost } from '../../lib/node/nodeHost.js';

type Memory = { readonly buffer: ArrayBufferLike };
type MemoryClass = new (limits: object) => Memory;

/** Bytes of the memory of a new engine after `work` with it, within a scope. */
export function wasmBytes(work: (kernels: Kernels) => void): number {
  const api = (globalThis as unknown as { WebAssembly: { Memory: MemoryClass } }).WebAssembly;
  const { Memory } = api;
  wasmKernels({ threads: 1, host: nodeHost }); // uses up the memory that a probe has reserved
  let made: Memory | undefined;
  api.Memory = class extends Memory {
    constructor(limits: object) {
      super(limits);
      made = this;
    }
  };
  try {
    const kernels = wasmKernels({ threads: 1, host: nodeHost });
    kernels.scope(() => work(kernels));
  } finally {
    api.Memory = Memory;
  }
  return made!.buffer.byteLength;
}
