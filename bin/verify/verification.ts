/** Computes every item on every engine, and says where a result is not the expected one. */

import type { Engine } from '../../lib/engine/door.js';
import { MODES, type Mode } from '../../lib/engine/simulate/simulation.js';
import { compareTensors, describeDifference } from '../../lib/measure/compareTensors.js';
import { commonItems } from './common.js';
import { hashOf, type Tensors } from './hashedTensors.js';
import { itemsOf } from './items.js';
import { drawSubjects } from './networks.js';

/** What computed a result: an engine, in a mode where that matters, or no engine at all. */
export interface Who {
  readonly engine: string;
  readonly threads: number;
  readonly mode?: Mode;
}

export interface Row extends Who {
  readonly items: number;
  readonly mismatches: number;
  readonly ms: number;
}

export interface Mismatch extends Who {
  readonly item: string;
  readonly expected: string;
  readonly got: string;
  /** The first element that differs from the first engine's result, or a note that none does. */
  readonly where: string;
}

/** SHA-256 by item. */
export type Hashes = Readonly<Record<string, string>>;

export interface Verification {
  readonly rows: readonly Row[];
  readonly mismatches: readonly Mismatch[];
  /** Hashes of the first engine. */
  readonly hashes: Hashes;
}

interface Work {
  readonly name: string;
  compute(): Tensors;
}

export interface VerifyOptions {
  /** Which items are computed, by name; default: all. */
  readonly wanted?: (item: string) => boolean;
  /** In which modes simulations run; default: all, on the first engine the pure ones. */
  readonly modes?: readonly Mode[];
  /** Called with the number of rows that are done. */
  readonly onRow?: (done: number) => void;
  /** Called with each result as soon as it is there. */
  readonly onItem?: (who: Who, item: string, isRight: boolean) => void;
}

/**
 * Verifies the engines. A result whose hash is not the expected one is compared with that of the first
 * engine, the reference. Without expected hashes all engines should agree with the first.
 */
export function verify(
  engines: readonly Engine[],
  expected: Hashes | undefined,
  { wanted = () => true, modes, onRow, onItem }: VerifyOptions = {},
): Verification {
  const subjects = drawSubjects();
  const results = new Map<string, { hash: string; tensors: Tensors }>();
  const mismatches: Mismatch[] = [];
  const rows: Row[] = [];
  const check = (who: Who, all: readonly Work[]) => {
    const work = all.filter(({ name }) => wanted(name));
    const start = performance.now();
    const before = mismatches.length;
    for (const { name, compute } of work) {
      const tensors = compute();
      const hash = hashOf(tensors);
      const base = results.get(name);
      if (!base) results.set(name, { hash, tensors });
      const hashWanted = expected ? (expected[name] ?? 'none') : (base?.hash ?? hash);
      onItem?.(who, name, hash === hashWanted);
      if (hash === hashWanted) continue;
      const where = describeMismatch(tensors, hash, base, `${engines[0].name} here`, `${who.engine} here`);
      mismatches.push({ ...who, item: name, expected: hashWanted, got: hash, where });
    }
    const ms = performance.now() - start;
    rows.push({ ...who, items: work.length, mismatches: mismatches.length - before, ms });
    onRow?.(rows.length);
  };

  const common = Object.entries(commonItems(subjects)).map(([name, compute]) => ({ name, compute }));
  check({ engine: 'none', threads: 1 }, common);
  const items = itemsOf(subjects);
  for (const engine of engines) {
    const work = (spiking: boolean, mode: Mode) =>
      items
        .filter((item) => item.spiking === spiking)
        .map(({ name, compute }) => ({ name, compute: () => compute(engine, mode) }));
    const who = { engine: engine.name, threads: engine.threads };
    check(who, work(false, 'auto'));
    for (const mode of modes ?? modesOf(engine, engines)) check({ ...who, mode }, work(true, mode));
  }
  const hashes = Object.fromEntries([...results].map(([name, { hash }]) => [name, hash]));
  return { rows, mismatches, hashes };
}

/**
 * The first engine is slow: it computes only the two pure modes, since the third one chooses between them.
 */
function modesOf(engine: Engine, [first]: readonly Engine[]): readonly Mode[] {
  return engine === first ? MODES.filter((mode) => mode !== 'auto') : MODES;
}

/** How many rows `verify` makes of these engines. */
export function countRows(engines: readonly Engine[]): number {
  return 1 + engines.reduce((rows, engine) => rows + 1 + modesOf(engine, engines).length, 0);
}

function describeMismatch(
  tensors: Tensors,
  hash: string,
  base: { hash: string; tensors: Tensors } | undefined,
  baseName: string,
  name: string,
): string {
  if (!base) return 'no other engine has computed it yet: there is nothing to compare it with';
  if (base.hash === hash) return `the same as in ${baseName}`;
  const { first } = compareTensors(base.tensors, tensors);
  return first ? describeDifference(first, baseName, name) : 'only signs of zeros differ';
}
