/** The little of the WebAssembly API that this engine uses, typed: not every set of type declarations has it. */

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

/** What this machine lacks; undefined where the engine runs. */
export function missingFeature(): string | undefined {
  if (!api) return 'no WebAssembly';
  if (typeof SharedArrayBuffer === 'undefined') return 'no shared memory';
  return api.validate(SIMD_AND_ATOMICS) ? undefined : 'WebAssembly without SIMD or threads';
}

export function newSharedMemory(initialPages: number, mostPages: number): SharedMemory {
  return new api!.Memory({ initial: initialPages, maximum: mostPages, shared: true });
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
