/**
 * What the fast engine asks of the program around it: threads, and how much memory there is. JavaScript
 * itself knows neither, and nothing here imports Node: whoever has them hands them in (lib/node/nodeHost.ts).
 * Where nobody does, as in a browser, the engine computes on one thread.
 */

export interface Host {
  /**
   * Runs `script`, the body of a function of `data`, on a thread of its own that does not keep the program
   * alive. It may do nothing where no thread is left: the others then do its work.
   */
  startThread(script: string, data: object): void;
  /** Bytes of address space that may still be taken; Infinity where nobody limits it. */
  freeAddressSpace(): number;
}
