/**
 * About how long jobs take: from their multiply-accumulates, and from how long those took that were done
 * here.
 */

import { median } from '../cli/median.js';

/** Multiply-accumulates a second and thread of wide networks, on a processor of 2020 (docs/speed.md). */
const MACS_PER_SECOND = 12e9;
/** The width at which half of that is reached: narrow layers keep the processor waiting. */
const HALF_WIDTH = 6;
/** Seconds of starting, reading data, writing. */
const SECONDS_AROUND = 3;
/** Seconds after which a job says how fast the machine is. */
const TELLING = 20;

export interface Pace {
  /** F */
  readonly width: number;
  readonly threads: number;
  /** How much longer than expected jobs took that were done. */
  readonly factor: number;
}

/** A job that was done. */
export interface Timed {
  readonly macs: number;
  readonly seconds: number;
  readonly threads: number;
}

/** Seconds that a number of multiply-accumulates takes. */
export function estimate(macs: number, { width, threads, factor }: Pace): number {
  const rate = (MACS_PER_SECOND * width) / (width + HALF_WIDTH);
  return Math.round(SECONDS_AROUND + (factor * macs) / (rate * threads));
}

/**
 * How much longer than expected jobs of a width took: their median; 1 where none took long enough to tell.
 */
export function measuredFactor(done: readonly Timed[], width: number): number {
  const factors = done
    .filter(({ macs, seconds }) => macs > 0 && seconds > TELLING)
    .map(({ macs, seconds, threads }) => seconds / estimate(macs, { width, threads, factor: 1 }));
  return median(factors) ?? 1;
}

export function formatMinutes(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
