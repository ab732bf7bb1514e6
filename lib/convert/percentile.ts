/**
 * Exact percentiles of values that arrive in pieces and are too many to keep. How many will come is known
 * beforehand, so only those that can lie above the rank of the lowest percentile are kept.
 */

/** Percentiles with linear interpolation between the two nearest ranks (numpy's default), 0..100. */
export class PercentileCollector {
  private kept: Float32Array;
  private used = 0;
  private seen = 0;
  /** The values that were kept, in ascending order, once all have been added. */
  private ascending: Float32Array | undefined;
  /** No value at or below this can matter any more. */
  private floor = Number.NEGATIVE_INFINITY;
  readonly total: number;
  private readonly lowest: number;
  private readonly needed: number;

  /** `total` values will be added; `lowest` is the lowest percentile that will be asked for. */
  constructor(total: number, lowest: number) {
    this.total = total;
    this.lowest = lowest;
    this.needed = total - Math.floor(this.rank(lowest));
    this.kept = new Float32Array(2 * this.needed);
  }

  /** Adds every `stride`-th value from `first` on. */
  add(values: Float32Array, first = 0, stride = 1): void {
    for (let i = first; i < values.length; i += stride) {
      this.seen++;
      if (values[i] <= this.floor) continue;
      if (this.used === this.kept.length) this.discard();
      this.kept[this.used++] = values[i];
    }
  }

  /** A percentile of everything added, rounded to float32. */
  result(percent = this.lowest): number {
    if (this.seen !== this.total) throw new Error(`got ${this.seen} values, expected ${this.total}`);
    if (percent < this.lowest) throw new Error(`percentile ${percent}: only from ${this.lowest} on`);
    this.ascending ??= this.kept.subarray(0, this.used).sort();
    const { ascending } = this;
    const rank = this.rank(percent);
    const fromEnd = this.total - Math.floor(rank);
    const lower = ascending.at(-fromEnd)!;
    const upper = ascending.at(Math.min(-1, 1 - fromEnd))!;
    return Math.fround(lower + (rank - Math.floor(rank)) * (upper - lower));
  }

  private rank(percent: number): number {
    return ((this.total - 1) * percent) / 100;
  }

  private discard(): void {
    const descending = this.kept.sort().reverse();
    this.used = this.needed;
    this.floor = descending[this.needed - 1];
  }
}
