/**
 * Types for the small part of the WebAssembly API that this engine uses, which not every set of type
 * declarations has.
 */

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** Adds pages of 64 KiB. Views of memory that is not shared are empty afterwards. */
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum?: number; shared?: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports?: { env: { memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  validate(bytes: Uint8Array): boolean;
}

/** The WebAssembly API; undefined if the JavaScript engine has none. */
export const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
