/**
 * WebAssembly as this engine uses it: what it has here, modules, and the memory of an engine, which is shared
 * by threads and reserved as a whole, or else unshared and growing as needed.
 */

import { usualDotProduct } from './dotProducts.js';
import type { Host } from './host.js';
import { isValid, v128Of } from './probe.js';
import { api, type WasmMemory } from './webAssemblyApi.js';

/** Stands for a memory that was disposed of. */
export const NO_MEMORY: WasmMemory = {
  buffer: new ArrayBuffer(0),
  grow: () => {
    throw new Error('the engine was disposed of');
  },
};

export type KernelFunction = (...args: number[]) => void;

/** v128.const 0 i32x4.extract_lane 0 */
const SIMD = [...v128Of(0), 0xfd, 0x1b, 0x00];
/** i32.const 0 i32.atomic.load */
const ATOMICS = [0x41, 0x00, 0xfe, 0x10, 0x02, 0x00];

/** Pages of 64 KiB that 32-bit addresses can reach. */
const ALL_PAGES = 65536;
/** The fewest pages that the modules require (build.mjs). */
const FIRST_PAGES = 16;
const PAGE = 65536;
/** With less than 64 MiB nothing useful can be computed. */
const LEAST_PAGES = 1024;
/** Part of a limited address space that is left for everything else. */
const OTHER_PART = 0.5;

/** A memory of FIRST_PAGES that may grow to `pages`. */
export interface Reserved {
  readonly memory: WasmMemory;
  readonly pages: number;
  readonly shared: boolean;
}

interface Found {
  /** Why the engine cannot run here at all. */
  readonly missing?: string;
  /** Why it cannot share its memory with other threads. */
  readonly alone?: string;
  /** Memory that was reserved to test whether that is possible: the first engine uses it. */
  spare?: Reserved | undefined;
}

/** Results by host; each host is tested once. */
const known = new Map<Host | undefined, Found>();

function found(host: Host | undefined): Found {
  const answer = known.get(host) ?? find(host);
  known.set(host, answer);
  return answer;
}

function find(host: Host | undefined): Found {
  if (!api) return { missing: 'no WebAssembly' };
  if (!isValid(SIMD)) return { missing: 'WebAssembly without SIMD' };
  const lacking = lackingForThreads(host);
  const shared = lacking === undefined ? reserveShared(host) : undefined;
  if (shared) return { spare: shared };
  const spare = reservePlain(host);
  if (spare) return { alone: lacking ?? 'too little address space for shared memory', spare };
  const advice = 'raise "ulimit -v", or set NODE_OPTIONS=--disable-wasm-trap-handler, which needs less';
  return { missing: `no room for its memory: ${advice}` };
}

function lackingForThreads(host: Host | undefined): string | undefined {
  if (!host) return 'no threads were provided';
  if (typeof SharedArrayBuffer === 'undefined') return 'no shared memory';
  return isValid(ATOMICS, true) ? undefined : 'WebAssembly without threads';
}

/** What this machine lacks for the engine; undefined if it runs here. */
export const wasmMissing = (host?: Host): string | undefined => found(host).missing;

/** What this machine lacks for more than one thread; undefined if it has them. */
export const threadsMissing = (host?: Host): string | undefined => found(host).alone;

/** The extensions of WebAssembly that the engine uses here, by their names in its specification. */
export function instructions(host?: Host): string[] {
  const shared = threadsMissing(host) === undefined ? ['threads'] : [];
  return ['simd', ...shared, ...(usualDotProduct() !== 'pairs' ? ['relaxed-simd'] : [])];
}

/** The memory of a new engine: shared if threads are available. */
export function newMemory(host?: Host): Reserved {
  const answer = found(host);
  const again = answer.alone === undefined ? reserveShared : reservePlain;
  const taken = answer.spare ?? again(host);
  answer.spare = undefined;
  if (!taken) throw new Error('the system refused the memory of engine wasm: engine reference needs none');
  return taken;
}

function pagesLeft(host: Host | undefined): number {
  return Math.floor(((1 - OTHER_PART) * (host?.freeAddressSpace() ?? Number.POSITIVE_INFINITY)) / PAGE);
}

/** Shared memory that may grow to 4 GiB, or to as large a part of it as can be reserved. */
function reserveShared(host: Host | undefined): Reserved | undefined {
  const left = pagesLeft(host);
  for (let pages = ALL_PAGES; pages >= LEAST_PAGES; pages /= 2) {
    if (pages > left) continue;
    const memory = tryMemory({ initial: FIRST_PAGES, maximum: pages, shared: true });
    if (memory) return { memory, pages, shared: true };
  }
  return undefined;
}

/** Memory for one thread, without a reservation. */
function reservePlain(host: Host | undefined): Reserved | undefined {
  const pages = Math.min(ALL_PAGES, pagesLeft(host));
  const memory = pages < FIRST_PAGES ? undefined : tryMemory({ initial: FIRST_PAGES });
  return memory && { memory, pages, shared: false };
}

function tryMemory(limits: { initial: number; maximum?: number; shared?: true }): WasmMemory | undefined {
  try {
    return new api!.Memory(limits);
  } catch {
    return undefined;
  }
}

export function compileModule(bytes: Uint8Array): object {
  return new api!.Module(bytes);
}

/** The functions of modules that use this memory; of two with the same name, the later one. */
export function instantiate(modules: readonly object[], memory: WasmMemory): Record<string, KernelFunction> {
  const functions = modules
    .map((module) => new api!.Instance(module, { env: { memory } }))
    .flatMap(({ exports }) => Object.entries(exports).filter(([, value]) => typeof value === 'function'));
  return Object.fromEntries(functions) as Record<string, KernelFunction>;
}
