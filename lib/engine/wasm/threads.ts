/**
 * The threads of the engine. A kernel call is published in shared memory; the calling thread and all workers
 * that are awake take tasks of it until none is left (assembly/tasks.ts), and the call returns when every
 * thread has left it. A worker that starts late, or never, costs time but changes nothing; `dispose` ends
 * them all. If memory is not shared, the calling thread takes all tasks.
 */

import { CONTROL_ADDRESS } from './constants.js';
import { forOneThread } from './generated/forOneThread.js';
import { forThreads } from './generated/forThreads.js';
import { relaxedForOneThread } from './generated/relaxedForOneThread.js';
import { relaxedForThreads } from './generated/relaxedForThreads.js';
import type { Host } from './host.js';
import type { WasmMemory } from './webAssemblyApi.js';
import { compileModule, instantiate, type KernelFunction, NO_MEMORY, type Reserved } from './webassembly.js';
import { inOrder, type KernelArguments, type KernelName } from './words.js';

/** Words of the control block, from its start; assembly/tasks.ts knows the first. */
const CONTROL = {
  address: CONTROL_ADDRESS,
  nextTask: 0,
  epoch: 1,
  open: 2,
  active: 3,
  failed: 4,
  kernel: 5,
  count: 6,
  ended: 7,
  args: 8,
};
const CONTROL_WORDS = 41;
/** How long a thread spins before it sleeps, in rounds of about a nanosecond or two. */
const SPINS = 30_000;

/**
 * The code of a worker as text, a function of `data`: it needs no file of its own if the package is bundled.
 * It registers as active before it looks whether a call is open, so the caller never changes a call that
 * another thread still reads. Growing by 0 tells V8 the present size of the memory: an instance that is made
 * while another thread grows it may not know the size.
 */
const WORKER = `
const { modules, memory, thread, names, words, control: at, spins } = data;
const control = new Int32Array(memory.buffer, at.address, words);
const kernels = {};
for (const module of modules) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.setThread(thread);
  Object.assign(kernels, exports);
}
memory.grow(0);
for (;;) {
  const seen = Atomics.load(control, at.epoch);
  if (Atomics.load(control, at.ended) === 1) break;
  Atomics.add(control, at.active, 1);
  if (Atomics.load(control, at.open) === 1) {
    try {
      kernels[names[control[at.kernel]]](...control.subarray(at.args, at.args + control[at.count]));
    } catch {
      Atomics.store(control, at.failed, 1);
    }
  }
  if (Atomics.sub(control, at.active, 1) === 1) Atomics.notify(control, at.active);
  let left = spins;
  while (Atomics.load(control, at.epoch) === seen && left > 0) left -= 1;
  if (left === 0) Atomics.wait(control, at.epoch, seen);
}`;

/** Calls kernels of the module. */
export interface Threads {
  readonly count: number;
  /**
   * Calls a kernel with its number of tasks and its other arguments (32-bit integers), and waits for its end.
   */
  run<K extends KernelName>(name: K, tasks: number, values: KernelArguments<K>): void;
  /** Ends the other threads, and drops the memory. */
  dispose(): void;
}

/**
 * A number of threads, of which `host` starts all but one; one thread if the memory is not shared. `relaxed`:
 * with the kernels that have relaxed instructions.
 */
export function newThreads(
  { memory, shared }: Reserved,
  {
    threads,
    host,
    relaxed,
  }: { readonly threads: number; readonly host?: Host | undefined; readonly relaxed: boolean },
): Threads {
  if (shared && host)
    return new SharingThreads(
      memory,
      relaxed ? [forThreads, relaxedForThreads] : [forThreads],
      threads,
      host,
    );
  return new OneThread(memory, relaxed ? [forOneThread, relaxedForOneThread] : [forOneThread]);
}

/** Modules, in base64. */
const compile = (codes: readonly string[]) => codes.map((code) => compileModule(decoded(code)));

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

class OneThread implements Threads {
  readonly count = 1;
  #memory: WasmMemory;
  #kernels: Record<string, KernelFunction>;

  constructor(memory: WasmMemory, codes: readonly string[]) {
    this.#memory = memory;
    this.#kernels = instantiate(compile(codes), memory);
  }

  run<K extends KernelName>(name: K, tasks: number, values: KernelArguments<K>): void {
    new Int32Array(this.#memory.buffer, CONTROL.address, 1)[CONTROL.nextTask] = 0;
    this.#kernels[name](tasks, ...inOrder(name, values));
  }

  dispose(): void {
    this.#memory = NO_MEMORY;
    this.#kernels = {};
  }
}

class SharingThreads implements Threads {
  readonly count: number;
  #control: Int32Array;
  #kernels: Record<string, KernelFunction>;
  readonly #names: string[];

  constructor(memory: WasmMemory, codes: readonly string[], count: number, host: Host) {
    this.count = count;
    const modules = compile(codes);
    this.#kernels = instantiate(modules, memory);
    this.#names = Object.keys(this.#kernels);
    this.#control = new Int32Array(memory.buffer, CONTROL.address, CONTROL_WORDS);
    const layout = { names: this.#names, words: CONTROL_WORDS, control: CONTROL, spins: SPINS };
    for (let thread = 1; thread < count; thread++)
      host.startThread(WORKER, { modules, memory, thread, ...layout });
  }

  run<K extends KernelName>(name: K, tasks: number, values: KernelArguments<K>): void {
    const args = inOrder(name, values);
    const kernel = this.#kernels[name];
    const control = this.#control;
    control[CONTROL.nextTask] = 0;
    if (this.count === 1 || tasks <= 1) {
      kernel(tasks, ...args);
      return;
    }
    control[CONTROL.kernel] = this.#names.indexOf(name);
    control[CONTROL.count] = args.length + 1;
    control[CONTROL.args] = tasks;
    control.set(args, CONTROL.args + 1);
    Atomics.store(control, CONTROL.open, 1);
    Atomics.add(control, CONTROL.epoch, 1);
    Atomics.notify(control, CONTROL.epoch);
    try {
      kernel(tasks, ...args);
    } finally {
      this.#close();
    }
    if (Atomics.exchange(control, CONTROL.failed, 0) === 1)
      throw new Error(`kernel ${name} failed in a worker`);
  }

  dispose(): void {
    Atomics.store(this.#control, CONTROL.ended, 1);
    Atomics.add(this.#control, CONTROL.epoch, 1);
    Atomics.notify(this.#control, CONTROL.epoch);
    this.#control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS));
    this.#kernels = {};
  }

  /** Closes the call for other threads, and waits until all have left it. */
  #close(): void {
    const control = this.#control;
    Atomics.store(control, CONTROL.open, 0);
    for (let spins = 0; ; spins++) {
      const active = Atomics.load(control, CONTROL.active);
      if (active === 0) return;
      if (spins > SPINS) Atomics.wait(control, CONTROL.active, active, 1);
    }
  }
}
