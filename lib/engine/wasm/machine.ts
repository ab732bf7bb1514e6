/**
 * The memory and the threads of one engine, and how a kernel call gets its arguments: tensors of the engine
 * are used where they are, ordinary arrays are copied in, and results are copied back.
 */

import { type DotProduct, usualDotProduct } from './dotProducts.js';
import { Heap } from './heap.js';
import type { Host } from './host.js';
import { newThreads, type Threads } from './threads.js';
import { newMemory } from './webassembly.js';

/** Lends memory to one kernel call. */
export interface Arguments {
  /** The address of a tensor that is read. */
  input(values: Float32Array | Uint8Array): number;
  /** The address of a tensor that is written, and may be read before. */
  result(values: Float32Array | Uint8Array): number;
  /** The address of 32-bit integers. */
  words(values: readonly number[]): number;
  /** The address of float32 values. */
  floats(values: readonly number[]): number;
  /** The address of bytes with undefined contents. */
  room(bytes: number): number;
  /** The address and size of scratch memory of `bytes` for each thread, as kernels take them. */
  scratch(bytes: number): { readonly scratch: number; readonly scratchSize: number };
}

export interface MachineOptions {
  readonly threads: number;
  /**
   * The source of threads. Without it, or if threads cannot share memory, the engine computes on one thread.
   */
  readonly host?: Host | undefined;
  /** Fills freed memory with NaN, for tests. */
  readonly poison?: boolean;
  /** How dot products of whole numbers are computed; default: as is fastest here. */
  readonly dotProduct?: DotProduct;
}

export class Machine {
  readonly heap: Heap;
  readonly threads: Threads;
  readonly dotProduct: DotProduct;
  #frozen = 0;
  /** Blocks that are made once while weights are frozen or held, by weight tensor and use. */
  readonly #cached = new Map<Float32Array, Map<string, number>>();
  /** How many holders each weight tensor has. */
  readonly #holders = new Map<Float32Array, number>();

  constructor(options: MachineOptions) {
    const reserved = newMemory(options.host);
    this.heap = new Heap(reserved, options.poison ?? false);
    this.dotProduct = options.dotProduct ?? usualDotProduct();
    this.threads = newThreads(reserved, { ...options, relaxed: this.dotProduct !== 'pairs' });
  }

  /** Ends the threads and drops the memory. */
  dispose(): void {
    this.threads.dispose();
    this.heap.dispose();
    this.#cached.clear();
  }

  /** Lends memory to `work`, and copies results back to arrays that are not tensors of this engine. */
  call<T>(work: (lend: Arguments) => T): T {
    const { heap } = this;
    return heap.scope(() => {
      const copies: [Float32Array | Uint8Array, number][] = [];
      const room = (bytes: number) => heap.allocate(bytes);
      const input = (values: Float32Array | Uint8Array): number => {
        if (heap.owns(values)) return values.byteOffset;
        const address = room(values.byteLength);
        if (values instanceof Uint8Array) heap.bytes(address, values.length).set(values);
        else heap.floats(address, values.length).set(values);
        return address;
      };
      const answer = work({
        input,
        room,
        result: (values) => {
          const address = input(values);
          if (!heap.owns(values)) copies.push([values, address]);
          return address;
        },
        words: (values) => {
          const address = room(4 * values.length);
          heap.integers(address, values.length).set(values);
          return address;
        },
        floats: (values) => {
          const address = room(4 * values.length);
          heap.floats(address, values.length).set(values);
          return address;
        },
        scratch: (bytes) => {
          const size = Math.ceil(bytes / 64) * 64;
          return { scratch: room(size * this.threads.count), scratchSize: size };
        },
      });
      for (const [values, address] of copies) {
        const { length } = values;
        values.set(values instanceof Uint8Array ? heap.bytes(address, length) : heap.floats(address, length));
      }
      return answer;
    });
  }

  /** Runs `work`; what `cached` makes stays until its end. */
  frozen<T>(work: () => T): T {
    this.#frozen += 1;
    try {
      return work();
    } finally {
      this.#frozen -= 1;
      if (this.#frozen === 0) this.#forget();
    }
  }

  /** What `cached` makes of these tensors stays until all their holders have released them. */
  hold(weights: Iterable<Float32Array>): () => void {
    const held = [...weights];
    for (const weight of held) this.#holders.set(weight, (this.#holders.get(weight) ?? 0) + 1);
    return () => {
      for (const weight of held.splice(0)) {
        const left = this.#holders.get(weight)! - 1;
        if (left > 0) this.#holders.set(weight, left);
        else this.#holders.delete(weight);
      }
      if (this.#frozen === 0) this.#forget();
    };
  }

  /**
   * The address of what `make` writes from a weight tensor for one use (`key`): made once while weights are
   * frozen or this one is held, else again for every call.
   */
  cached(weight: Float32Array, key: string, bytes: number, make: (address: number) => void): number {
    const known = this.#cached.get(weight)?.get(key);
    if (known !== undefined) return known;
    const stays = this.#frozen > 0 || this.#holders.has(weight);
    const address = stays ? this.heap.allocateForGood(bytes) : this.heap.allocate(bytes);
    make(address);
    if (stays) {
      const uses = this.#cached.get(weight) ?? new Map<string, number>();
      this.#cached.set(weight, uses.set(key, address));
    }
    return address;
  }

  #forget(): void {
    for (const [weight, uses] of this.#cached) {
      if (this.#holders.has(weight)) continue;
      for (const address of uses.values()) this.heap.release(address);
      this.#cached.delete(weight);
    }
  }
}
