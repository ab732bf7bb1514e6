/** The little of the WebAssembly API that this engine uses, typed: not every set of type declarations has it. */

import { freeAddressSpace } from '../../core/systemMemory.js';

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds so many pages of 64 KiB. */
  grow(pages: number): number;
}

export type KernelFunction = (...args: number[]) => void;

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: SharedMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  validate(bytes: Uint8Array): boolean;
}

/** Undefined where the JavaScript engine has none. */
const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** (module (memory 1 1 shared) (func v128.const 0 drop i32.const 0 i32.atomic.load drop)) */
const SIMD_AND_ATOMICS = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x05, 0x04, 0x01, 0x03, 0x01, 0x01],
  ...[0x0a, 0x1e, 0x01, 0x1c, 0x00, 0xfd, 0x0c, ...new Array(16).fill(0), 0x1a],
  ...[0x41, 0x00, 0xfe, 0x10, 0x02, 0x00, 0x1a, 0x0b],
);

/** Of 64 KiB. WebAssembly addresses have 32 bits. */
const ALL_PAGES = 65536;
/** What the module asks for at least (build.mjs). */
const FIRST_PAGES = 16;
const PAGE = 65536;
/** With less than 64 MiB nothing of use can be computed. */
const LEAST_PAGES = 1024;
/** Of an address space that is limited, so much is for everything else. */
const OTHER_PART = 0.5;

/** A memory of FIRST_PAGES that may grow to `pages`. */
interface Reserved {
  readonly memory: SharedMemory;
  readonly pages: number;
}

/** The memory that was reserved in order to see whether that is possible: the first engine takes it. */
let spare: Reserved | undefined;
let answer: { readonly missing: string | undefined } | undefined;

/** What this machine lacks; undefined where the engine runs. It is found out once. */
export function missingFeature(): string | undefined {
  answer ??= { missing: findMissing() };
  return answer.missing;
}

function findMissing(): string | undefined {
  if (!api) return 'no WebAssembly';
  if (typeof SharedArrayBuffer === 'undefined') return 'no shared memory';
  if (!api.validate(SIMD_AND_ATOMICS)) return 'WebAssembly without SIMD or threads';
  spare = reserve();
  if (spare) return undefined;
  return 'no room for its memory: raise "ulimit -v", or set NODE_OPTIONS=--disable-wasm-trap-handler, which needs less';
}

/** Memory that may grow to all that 32 bits can address, or to as large a part of it as can be reserved. */
export function newSharedMemory(): Reserved {
  const taken = spare ?? reserve();
  spare = undefined;
  if (!taken) throw new Error('the system refused the memory of the engine: --engine reference needs none');
  return taken;
}

function reserve(): Reserved | undefined {
  const room = (1 - OTHER_PART) * freeAddressSpace();
  for (let pages = ALL_PAGES; pages >= LEAST_PAGES; pages /= 2) {
    if (pages * PAGE > room) continue;
    try {
      return { memory: new api!.Memory({ initial: FIRST_PAGES, maximum: pages, shared: true }), pages };
    } catch {
      // half of it may be possible
    }
  }
  return undefined;
}

export function compile(bytes: Uint8Array): object {
  return new api!.Module(bytes);
}

/** The functions of a module that works on this memory. */
export function instantiate(module: object, memory: SharedMemory): Record<string, KernelFunction> {
  const { exports } = new api!.Instance(module, { env: { memory } });
  const functions = Object.entries(exports).filter(([, value]) => typeof value === 'function');
  return Object.fromEntries(functions) as Record<string, KernelFunction>;
}
