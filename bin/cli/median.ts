/** The median of some numbers. */

/** The value in the middle, of an even count the upper one; undefined where there is none. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
