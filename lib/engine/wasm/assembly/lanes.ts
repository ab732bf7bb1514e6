/**
 * The ends of arrays whose length is not a multiple of four: loads and stores of a vector, or of the `bytes`
 * that are left. With a constant of 16 they are plain loads and stores.
 */

/** Four values, or as many as are left, with zeros after them. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(from: usize, bytes: usize): v128 {
  if (bytes >= 16) return v128.load(from);
  let values = v128.load32_zero(from);
  if (bytes > 4) values = v128.load32_lane(from, values, 1, 4);
  if (bytes > 8) values = v128.load32_lane(from, values, 2, 8);
  return values;
}

/** Stores the first values of four, as many as are left. */
// @ts-ignore: decorator
@inline
export function storeUpTo4(to: usize, values: v128, bytes: usize): void {
  if (bytes >= 16) {
    v128.store(to, values);
    return;
  }
  v128.store32_lane(to, values, 0);
  if (bytes > 4) v128.store32_lane(to, values, 1, 4);
  if (bytes > 8) v128.store32_lane(to, values, 2, 8);
}
