/** Rough estimates of how long something takes: good enough to choose what to run. */

/**
 * Multiply-accumulates per second and thread on a processor of 2020 (docs/speed.md: 33e9 at best, less in
 * small layers).
 */
const MACS_PER_SECOND = 12e9;
/** Seconds for starting, reading data and writing. */
const SECONDS_AROUND = 3;

/** Seconds that a number of multiply-accumulates takes. */
export function estimate(macs: number, threads: number): number {
  return Math.round(SECONDS_AROUND + macs / (MACS_PER_SECOND * threads));
}

export function formatMinutes(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
