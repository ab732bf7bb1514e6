/**
 * What a layer reads and what it should make of it, as sums over many pixels of its output. A pixel reads y:
 * the codes behind each weight of a channel [ky,kx,I], and what multiplies the bias. Its current should be z
 * [O].
 */

export interface InputMoments {
  /** Of a y. */
  readonly size: number;
  /** sum y y^T: the lower triangle, row by row; entry (i, j) with j <= i is at rowStart(i) + j. */
  readonly reads: Float64Array;
  /** sum y z^T [size,O] */
  readonly wanted: Float64Array;
}

/** Where a row of a lower triangle begins. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

export function newInputMoments(size: number, outputs: number): InputMoments {
  return { size, reads: new Float64Array(rowStart(size)), wanted: new Float64Array(size * outputs) };
}

/** Adds a pixel. */
export function addPixel({ reads, wanted }: InputMoments, y: Float64Array, z: ArrayLike<number>): void {
  const there = new Int32Array(y.length); // where y is not 0: two thirds of what is read are zeros
  const O = z.length;
  let count = 0;
  for (let i = 0; i < y.length; i++) {
    if (y[i] === 0) continue;
    there[count++] = i;
    const [row, own] = [rowStart(i), y[i]];
    for (let n = 0; n < count; n++) reads[row + there[n]] += own * y[there[n]];
    for (let o = 0; o < O; o++) wanted[i * O + o] += own * z[o];
  }
}
