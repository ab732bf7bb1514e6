/**
 * An exact percentile of values that arrive in pieces and are too many to keep: how many will come is known
 * beforehand, so only those that can lie above the percentile's rank are kept.
 */

/** Percentile with linear interpolation between the two nearest ranks (numpy's default), 0..100. */
export class PercentileCollector {
  private kept: Float32Array;
  private used = 0;
  private seen = 0;
  /** No value at or below this can matter any more. */
  private floor = Number.NEGATIVE_INFINITY;
  private readonly total: number;
  private readonly percent: number;
  private readonly needed: number;

  /** `total` is the number of values that will be added in all. */
  constructor(total: number, percent: number) {
    this.total = total;
    this.percent = percent;
    this.needed = total - Math.floor(this.rank());
    this.kept = new Float32Array(2 * this.needed);
  }

  add(values: Float32Array): void {
    this.seen += values.length;
    for (let i = 0; i < values.length; i++) {
      if (values[i] <= this.floor) continue;
      if (this.used === this.kept.length) this.discard();
      this.kept[this.used++] = values[i];
    }
  }

  /** The percentile of everything added, rounded to float32. */
  result(): number {
    if (this.seen !== this.total) throw new Error(`got ${this.seen} values, expected ${this.total}`);
    const ascending = this.kept.subarray(0, this.used).sort();
    const fraction = this.rank() - Math.floor(this.rank());
    const lower = ascending.at(-this.needed)!;
    const upper = ascending.at(Math.min(-1, 1 - this.needed))!;
    return Math.fround(lower + fraction * (upper - lower));
  }

  private rank(): number {
    return ((this.total - 1) * this.percent) / 100;
  }

  private discard(): void {
    const descending = this.kept.sort().reverse();
    this.used = this.needed;
    this.floor = descending[this.needed - 1];
  }
}
