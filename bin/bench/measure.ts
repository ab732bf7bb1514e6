/**
 * Timing on a machine that others use too: after a warm-up, the things that are compared run in turns (A B A
 * B), and the median of each counts. A call that is too short for the clock is made several times per sample.
 */

import { type Engine, within } from './engine.js';

/** One thing to time on an engine. */
export interface Work {
  readonly name: string;
  /** Billions of `amount` a second, or milliseconds for one of `amount`. */
  readonly unit: 'GMAC/s' | 'Gvalue/s' | 'ms';
  /**
   * How much one call does: multiply-accumulates or values; for milliseconds, how many of the thing in its
   * name.
   */
  readonly amount: number;
  /** Whether no call changes weights. */
  readonly frozen: boolean;
  /** Makes the inputs. */
  prepare(engine: Engine): Prepared;
}

/** A work on an engine: what is called, and what frees the memory that a scope does not. */
export interface Prepared {
  readonly call: Call;
  dispose?(): void;
}

/** Its result is valid until the next call. */
export type Call = () => Float32Array | number;

export interface Limits {
  /** Samples of each thing, where time allows. */
  readonly repeats: number;
  /** Seconds for each thing; no further samples are taken when they are over. */
  readonly budgetSeconds: number;
  /** Samples of each thing that are taken however long it takes. */
  readonly fewest: number;
}

/** Seconds of one call. */
export interface Timing {
  readonly median: number;
  /** Distance of the quartiles as a fraction of the median. */
  readonly spread: number;
}

/** Shorter samples show mostly the clock and the scheduler. */
const SHORTEST_SAMPLE_SECONDS = 0.02;

/** Times every work on every engine, all of them in turns. */
export function measure<W extends Work>(works: readonly W[], engines: readonly Engine[], limits: Limits) {
  const frozen = works.every((work) => work.frozen);
  return within(engines, frozen, () => {
    const pairs = works.flatMap((work) => engines.map((engine) => ({ work, engine })));
    return withAll(
      pairs.map(({ work, engine }) => work.prepare(engine)),
      (calls) => {
        const counts = calls.map((call) => warmUp(call, limits));
        const samples = takeTurns(calls, counts, limits);
        return pairs.map((pair, k) => ({ ...pair, ...summarise(samples[k]) }));
      },
    );
  });
}

/** Works with what was prepared, and disposes of it. */
export function withAll<T>(prepared: readonly Prepared[], work: (calls: Call[]) => T): T {
  try {
    return work(prepared.map(({ call }) => call));
  } finally {
    for (const { dispose } of prepared) dispose?.();
  }
}

/** Runs a call for at least as long as its samples will take; returns the number of calls in one sample. */
export function warmUp(call: Call, { repeats }: Limits): number {
  let spent = 0;
  let last = 0;
  while (spent < repeats * SHORTEST_SAMPLE_SECONDS) spent += last = seconds(call, 1);
  return Math.ceil(SHORTEST_SAMPLE_SECONDS / last);
}

/** Samples in seconds per call, A B A B; `counts` are the calls of one sample. */
export function takeTurns(calls: readonly Call[], counts: readonly number[], limits: Limits): number[][] {
  const samples = calls.map((): number[] => []);
  const budget = limits.budgetSeconds * calls.length;
  const start = performance.now();
  for (let round = 0; round < limits.repeats; round++) {
    if (round >= limits.fewest && performance.now() - start > 1000 * budget) break;
    calls.forEach((call, k) => {
      samples[k].push(seconds(call, counts[k]) / counts[k]);
    });
  }
  return samples;
}

export function summarise(samples: readonly number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  return { median, spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median };
}

function seconds(call: Call, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return Math.max(performance.now() - start, 1e-4) / 1000; // the clock may stand still for an empty call
}

/** A quantile, with linear interpolation between neighbours. */
function quantile(sorted: readonly number[], fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return low + (high - low) * (position - Math.floor(position));
}
