/** The table of engines, one entry each. All give the same bits (contract.ts); they differ only in speed. */

import { UsageError } from '../core/error.js';
import { useSha256 } from '../core/sha256.js';
import { type Engine, newEngine } from './door.js';
import type { Kernels } from './kernels/contract.js';
import { reference } from './reference/index.js';
import { type Host, wasmInstructions, wasmKernels, wasmMissing, wasmThreadsMissing } from './wasm/index.js';

export type { Host };

/** A kind of engine: a line of the table. */
export interface EngineKind {
  /** One line for help texts. */
  readonly summary: string;
  /** What this machine lacks for the engine; undefined if it runs here. */
  missing(): string | undefined;
  /** What this machine lacks for more than one thread; undefined if nothing, or if threads would not help. */
  threadsMissing(): string | undefined;
  /** Extensions of the instruction set that it uses here, where it runs; left out: none. */
  instructions?(): readonly string[];
  /** Kernels that compute on this number of threads. */
  create(threads: number): Kernels;
}

let host: Host | undefined;

/**
 * Gives later engines access to threads, which they cannot find by themselves, and all hashes a faster
 * function (`spiking-unet/node` calls this for Node). Without it they compute on one thread.
 */
export function useHost(given: Host): void {
  if (host !== given) created.clear();
  host = given;
  if (given.sha256) useSha256(given.sha256);
}

/** The engines by name; the first one that runs on this machine is the default. */
export const engines: Readonly<Record<string, EngineKind>> = {
  wasm: {
    summary: 'WebAssembly SIMD on all cores',
    missing: () => wasmMissing(host),
    threadsMissing: () => wasmThreadsMissing(host),
    instructions: () => wasmInstructions(host),
    create: (threads) => wasmKernels({ threads, host }),
  },
  reference: {
    summary: 'the definitions, in plain TypeScript',
    missing: () => undefined,
    threadsMissing: () => undefined,
    create: () => reference,
  },
};

/** The default engine, with a remark if it is not the first of the table. */
export function defaultEngine(): { name: string; remark?: string } {
  const [first, ...others] = Object.keys(engines);
  const missing = engines[first].missing();
  if (missing === undefined) return { name: first };
  const name = others.find((other) => engines[other].missing() === undefined)!;
  return { name, remark: `engine ${first} does not run here (${missing}): using the slower ${name}` };
}

/** A remark for a user who asked for more threads than an engine has here; undefined if it has them. */
export function threadsRemark(name: string, threads: number): string | undefined {
  const asked = threads > 1 && Object.hasOwn(engines, name);
  const missing = asked ? engines[name].threadsMissing() : undefined;
  return missing && `engine ${name} computes on one thread here, not on ${threads} (${missing})`;
}

/**
 * Kernels by name and number of threads. Engines with the same ones share them, and the last one disposes of
 * them.
 */
const created = new Map<string, Kernels>();
/** How many engines use each of the kernels. */
const users = new Map<Kernels, number>();

/**
 * An engine by name, on a number of threads. Disposing of it is optional: its threads do not keep the program
 * running.
 * @throws UsageError for a name that is not in the table or cannot run here
 */
export function chooseEngine(name: string = defaultEngine().name, threads = 1): Engine {
  const kernels = kernelsOf(name, threads);
  users.set(kernels, (users.get(kernels) ?? 0) + 1);
  return newEngine(name, kernels, () => letGo(kernels));
}

/**
 * Calls `work` with the given engine, or else with the default one on one thread, which is disposed of
 * afterwards.
 */
export function withEngine<T>(given: Engine | undefined, work: (engine: Engine) => T): T {
  if (given) return work(given);
  const own = chooseEngine();
  try {
    return work(own);
  } finally {
    own.dispose();
  }
}

function letGo(kernels: Kernels): void {
  const left = users.get(kernels)! - 1;
  users.set(kernels, left);
  if (left > 0) return;
  users.delete(kernels);
  for (const [key, known] of created) if (known === kernels) created.delete(key);
  kernels.dispose();
}

/**
 * The kernels of an engine, for code that measures or checks kernels; all other code uses `chooseEngine`.
 * They are never disposed of.
 */
export function chooseKernels(name: string = defaultEngine().name, threads = 1): Kernels {
  const kernels = kernelsOf(name, threads);
  users.set(kernels, Number.POSITIVE_INFINITY);
  return kernels;
}

function kernelsOf(name: string, threads: number): Kernels {
  const kind = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (!kind) throw new UsageError(`engine ${name}: expected one of ${Object.keys(engines).join(', ')}`);
  const missing = kind.missing();
  if (missing !== undefined) throw new UsageError(`engine ${name}: does not run here: ${missing}`);
  const key = `${name} ${threads}`;
  const kernels = created.get(key) ?? kind.create(threads);
  created.set(key, kernels);
  return kernels;
}
