/**
 * What takes fewer instructions where there is relaxed SIMD; with what it is given here, the result is the
 * same on every machine. A vector holds four words of 32 bits.
 */

/**
 * acc + weight x input in float32, each rounded; or acc + the exact sum of each word's products. All words of
 * `inputs` are the same: a float32, or whole numbers of several input channels, four of 8 bits or two of 16.
 * Sums of bytes are exact as long as codes have at most 7 bits and no two products leave 16 bits:
 * 2 x 127 x 127 < 2^15.
 */
// @ts-ignore: decorator
@inline
export function addProducts<T>(acc: v128, weights: v128, inputs: v128): v128 {
  if (isFloat<T>()) return f32x4.add(acc, f32x4.mul(inputs, weights));
  if (sizeof<T>() == 2) return i32x4.add(acc, i32x4.dot_i16x8_s(weights, inputs));
  // Bytes are in the relaxed build only.
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, inputs, acc);
  return acc;
}

/**
 * Products of bytes, those of two neighbours added, as eight of 16 bits: exact with what `addProducts` takes.
 */
// @ts-ignore: decorator
@inline
export function productsOfPairs(weights: v128, inputs: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(weights, inputs);
  return weights; // in the relaxed build only
}

/** float32 without their fractions as int32, which must hold them. */
// @ts-ignore: decorator
@inline
export function truncate(values: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_trunc_f32x4_s(values);
  return i32x4.trunc_sat_f32x4_s(values);
}
