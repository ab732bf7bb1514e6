/** The results of the bench as rows: a value with its unit, and how it compares with another value. */

import { type Engine, isReference } from './engine.js';
import type { Timing, Work } from './measure.js';

/** The groups of the table in their order, with what its values mean. */
export const groups = {
  kernels:
    'Kernels: billions of multiply-accumulates (of pixel-wise kernels: values) a second; ratios are speeds',
  events: 'Event-driven kernels: dense-equivalent multiply-accumulates, zero inputs included, a second',
  integers: 'Layers in whole numbers, with their neurons: products a second; ratios are speeds',
  network: 'Whole network: time; ratios are speeds',
  scaling: 'Scaling on one thread: time; ratios are times',
} as const;

export type Group = keyof typeof groups;

/** A result; one that is compared with several others has a row for each. */
export interface Row {
  /** Which part of the table it is in; "peers" for those of test/peers. */
  readonly group: string;
  readonly name: string;
  /** The engine or the peer. */
  readonly by: string;
  readonly threads: number;
  readonly value: number;
  readonly unit: Work['unit'];
  /** Distance of the quartiles of the samples as a fraction of the median. */
  readonly spread: number;
  readonly ratio?: number;
  /** What the ratio compares with. */
  readonly to?: string;
}

export type Measured = Timing & { readonly work: Work; readonly engine: Engine };

/** Amount per second: in every unit, larger is better. */
export function speedOf({ work, median }: { work: Work; median: number }): number {
  return work.amount / median;
}

/** A row without a comparison. */
export function rowOf(group: string, work: Work, by: string, threads: number, timing: Timing): Row {
  const speed = speedOf({ work, ...timing });
  const value = work.unit === 'ms' ? 1000 / speed : speed / 1e9;
  return { group, name: work.name, by, threads, value, unit: work.unit, spread: timing.spread };
}

/**
 * The rows of things that were measured together: compared with the reference, with one thread and, if it has
 * a name, with the first of them.
 */
export function rowsOf(group: Group, measured: readonly Measured[], first?: string): Row[] {
  return measured.flatMap((own) => {
    const { work, engine } = own;
    const row = rowOf(group, work, engine.name, engine.threads, own);
    const ratios = comparisons(own, measured, first).map(([to, other]) => ({
      ...row,
      ratio: speedOf(own) / speedOf(other),
      to,
    }));
    return ratios.length > 0 ? ratios : [row];
  });
}

function comparisons(own: Measured, all: readonly Measured[], first?: string): [string, Measured][] {
  const { engine } = own;
  const baseline = all[0].work;
  const found: [string, Measured | undefined][] = [];
  if (!isReference(engine)) {
    found.push(['reference', all.find((other) => other.work === own.work && isReference(other.engine))]);
  }
  if (engine.threads > 1) {
    const onOneThread = (other: Measured) => other.engine.name === engine.name && other.engine.threads === 1;
    found.push(['1 thread', all.find((other) => other.work === own.work && onOneThread(other))]);
  }
  if (first !== undefined && own.work !== baseline) {
    found.push([first, all.find((other) => other.work === baseline && other.engine === engine)]);
  }
  return found.filter((entry): entry is [string, Measured] => entry[1] !== undefined);
}
