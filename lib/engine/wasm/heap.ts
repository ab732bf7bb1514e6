/**
 * The memory of WebAssembly, allocated in blocks. Blocks belong to a scope and are free when it ends;
 * adjacent free blocks are joined, and the first one that is large enough is used again. An address is valid
 * as long as its block; views last only in shared memory, since growing invalidates them elsewhere.
 */

import type { WasmMemory } from './webAssemblyApi.js';
import { NO_MEMORY, type Reserved } from './webassembly.js';

const PAGE = 65536;
/** The memory below is for threads.ts. */
const HEAP_START = 4096;
const ALIGNMENT = 64;

interface Block {
  address: number;
  bytes: number;
}

export class Heap {
  #memory: WasmMemory;
  /** Whether views of this memory stay valid when it grows. */
  readonly shared: boolean;
  /** The last page is left out, so that the end of a block is an address of 32 bits too. */
  readonly #mostPages: number;
  /** Every buffer that the memory had: growing makes a new one, and older views stay valid. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #free: Block[] = [];
  readonly #used = new Map<number, Block>();
  /** Blocks and not addresses: an address may be freed and used again within one scope. */
  readonly #scopes: Block[][] = [];
  readonly #poison: boolean;

  /** With `poison`, freed memory is filled with NaN, so that code that still reads it shows. */
  constructor({ memory, pages, shared }: Reserved, poison: boolean) {
    this.#poison = poison;
    this.#memory = memory;
    this.shared = shared;
    this.#mostPages = pages - 1;
    this.#buffers.add(memory.buffer);
    this.#free.push({ address: HEAP_START, bytes: memory.buffer.byteLength - HEAP_START });
  }

  /** Drops the memory: every address is out of range afterwards. */
  dispose(): void {
    this.#memory = NO_MEMORY;
    this.#free = [];
    this.#used.clear();
  }

  /** The largest size in bytes: 4 GiB, or as much as could be reserved. */
  get mostBytes(): number {
    return (this.#mostPages + 1) * PAGE;
  }

  /** Whether an array is a view of this memory. */
  owns(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  /** The address of new bytes; they belong to the innermost scope, if there is one. */
  allocate(bytes: number): number {
    const block = this.#take(bytes);
    this.#scopes.at(-1)?.push(block);
    return block.address;
  }

  /** The address of new bytes outside of all scopes, until `release`. */
  allocateForGood(bytes: number): number {
    return this.#take(bytes).address;
  }

  /** A view for immediate use: see `lasting`. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#buffer(), address, length);
  }

  /** An array that a caller may keep until its scope ends: a view, or a copy if a view would not last. */
  lasting(address: number, length: number): Float32Array {
    const view = this.floats(address, length);
    return this.shared ? view : view.slice();
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#buffer(), address, length);
  }

  counts(address: number, length: number): BigUint64Array {
    return new BigUint64Array(this.#buffer(), address, length);
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer(), address, length);
  }

  shorts(address: number, length: number): Int16Array {
    return new Int16Array(this.#buffer(), address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#buffer(), address, length);
  }

  /** The current buffer of the memory. Growing elsewhere may have replaced it: Node renews all buffers. */
  #buffer(): ArrayBuffer | SharedArrayBuffer {
    const { buffer } = this.#memory;
    this.#buffers.add(buffer);
    return buffer;
  }

  get inScope(): boolean {
    return this.#scopes.length > 0;
  }

  /** Frees what was allocated within `work`, also after an error. */
  scope<T>(work: () => T): T {
    const mine: Block[] = [];
    this.#scopes.push(mine);
    try {
      return work();
    } finally {
      this.#scopes.pop();
      for (const block of mine) if (this.#used.get(block.address) === block) this.release(block.address);
    }
  }

  /** Moves a block of the innermost scope to the enclosing scope; false if there is none. */
  handOn(address: number): boolean {
    const [around, inner] = this.#scopes.slice(-2);
    if (!inner) return false;
    const at = inner.findLastIndex((block) => block.address === address);
    if (at >= 0) around.push(...inner.splice(at, 1));
    return true;
  }

  /** Frees a block; one that is already free stays so. */
  release(address: number): void {
    const block = this.#used.get(address);
    if (!block) return;
    this.#used.delete(address);
    if (this.#poison) this.bytes(address, block.bytes).fill(0xff);
    const next = this.#free.findIndex((block) => block.address > address);
    const at = next < 0 ? this.#free.length : next;
    this.#free.splice(at, 0, block);
    this.#join(at);
    this.#join(at - 1);
  }

  /** Joins a free block with the next one, if they are adjacent. */
  #join(at: number): void {
    const [block, next] = [this.#free[at], this.#free[at + 1]];
    if (!block || !next || block.address + block.bytes !== next.address) return;
    block.bytes += next.bytes;
    this.#free.splice(at + 1, 1);
  }

  #take(wanted: number): Block {
    const bytes = Math.ceil(Math.max(wanted, 1) / ALIGNMENT) * ALIGNMENT;
    let at = this.#free.findIndex((block) => block.bytes >= bytes);
    if (at < 0) {
      this.#grow(bytes);
      at = this.#free.length - 1;
    }
    const block = this.#free[at];
    const { address } = block;
    if (block.bytes === bytes) this.#free.splice(at, 1);
    else {
      block.address += bytes;
      block.bytes -= bytes;
    }
    const taken = { address, bytes };
    this.#used.set(address, taken);
    return taken;
  }

  /** Makes room for `bytes` at the end. */
  #grow(bytes: number): void {
    const size = this.#memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const atEnd = last && last.address + last.bytes === size ? last : undefined;
    const pages = Math.ceil((bytes - (atEnd?.bytes ?? 0)) / PAGE);
    const room = this.#mostPages - size / PAGE;
    if (pages > room) throw new Error(`out of memory: ${this.#account(bytes)}`);
    // A quarter more, so that many small requests do not grow it many times.
    const generous = Math.min(Math.max(pages, Math.ceil(size / PAGE / 4)), room);
    const grown = [generous, pages].find((more) => this.#growBy(more));
    if (grown === undefined) throw new Error(`the system refused more memory: ${this.#account(bytes)}`);
    this.#buffers.add(this.#memory.buffer);
    if (atEnd) atEnd.bytes += grown * PAGE;
    else this.#free.push({ address: size, bytes: grown * PAGE });
  }

  #growBy(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  #account(bytes: number): string {
    let used = 0;
    for (const block of this.#used.values()) used += block.bytes;
    const mib = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`;
    return `${mib(bytes)} more than the ${mib(used)} in use do not fit the ${mib(this.mostBytes)} of WebAssembly`;
  }
}
