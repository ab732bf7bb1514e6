/**
 * What the fast engine needs of its environment: threads, and how much memory there is. JavaScript itself
 * provides neither, and nothing here imports Node, so the environment passes them in (lib/node/nodeHost.ts).
 * Without them, as in a browser, the engine computes on one thread.
 */

export interface Host {
  /**
   * Runs `script`, the body of a function of `data`, on a thread of its own that does not keep the program
   * alive. If no thread is left it may do nothing: the others then do its work.
   */
  startThread(script: string, data: object): void;
  /** Bytes of address space that are still available; Infinity without a limit. */
  freeAddressSpace(): number;
  /** A SHA-256 that is faster than that of lib/core/sha256.ts, if there is one. */
  sha256?(...parts: readonly (string | Uint8Array)[]): string;
}
