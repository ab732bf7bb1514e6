/**
 * Sums of x x^T over many x of one layer, where x is what one output reads: the codes behind each of its
 * weights [ky,kx,I], and 1 for the bias. The sums of whole numbers are exact, so they have no order.
 */

export interface SecondMoments {
  /** Of an x. */
  readonly size: number;
  /** The lower triangle, row by row: entry (i, j) with j <= i is at rowStart(i) + j. */
  readonly sums: Float64Array;
}

/** Where a row of a lower triangle begins. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

export function newSecondMoments(size: number): SecondMoments {
  return { size, sums: new Float64Array(rowStart(size)) };
}

/** Adds x x^T. */
export function addOuterProduct({ sums }: SecondMoments, x: Float64Array): void {
  const there = new Int32Array(x.length); // where x is not 0: two thirds of what is read are zeros
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    there[count++] = i;
    const [row, own] = [rowStart(i), x[i]];
    for (let n = 0; n < count; n++) sums[row + there[n]] += own * x[there[n]];
  }
}
