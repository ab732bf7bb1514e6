/**
 * The arithmetic that convolutions and their gradients are made of, on rows of neighbouring channels: each
 * product and each sum is rounded to float32 on its own. These functions know no positions of pixels, only
 * where in an array a row begins.
 */

const { fround } = Math;

/** sum[s+j] += factor x row[r+j] for j < count. */
export function addScaled(
  sum: Float32Array,
  s: number,
  factor: number,
  row: Float32Array,
  r: number,
  count: number,
): void {
  for (let j = 0; j < count; j++) sum[s + j] = fround(sum[s + j] + fround(factor * row[r + j]));
}

/** ((start + a[p] b[q]) + a[p+1] b[q+1]) + .. over `count` products. */
export function addProducts(
  start: number,
  a: Float32Array,
  p: number,
  b: Float32Array,
  q: number,
  count: number,
): number {
  let sum = start;
  for (let j = 0; j < count; j++) sum = fround(sum + fround(a[p + j] * b[q + j]));
  return sum;
}

/** A row [C] repeated for each pixel: [pixels,C]. */
export function repeated(row: Float32Array, pixels: number): Float32Array {
  const rows = new Float32Array(pixels * row.length);
  for (let p = 0; p < pixels; p++) rows.set(row, p * row.length);
  return rows;
}

/** The sum [C] of rows [pixels,C], in the order of the pixels. */
export function sumOfRows(rows: Float32Array, channels: number): Float32Array {
  const sum = new Float32Array(channels);
  for (let r = 0; r < rows.length; r += channels) addScaled(sum, 0, 1, rows, r, channels);
  return sum;
}

/**
 * A copy with -0 stored as +0. A sum that is not -0 stays the same when a product with a zero is added to it,
 * so those products may then be left out.
 */
export function withoutMinusZero(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] += 0;
  return values;
}
