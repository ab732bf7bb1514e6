/** Concatenation by channels, the skip connections of the U-Net: (skip, up) in this order. Copies only. */

import type { ConcatDims } from '../contract.js';

/** out [pixels,A+B] from first [pixels,A] and second [pixels,B]. */
export function concatForward(
  out: Float32Array,
  first: Float32Array,
  second: Float32Array,
  dims: ConcatDims,
): void {
  const channels = dims.first + dims.second;
  for (let p = 0; p < dims.pixels; p++) {
    out.set(first.subarray(p * dims.first, (p + 1) * dims.first), p * channels);
    out.set(second.subarray(p * dims.second, (p + 1) * dims.second), p * channels + dims.first);
  }
}

/** gradFirst [pixels,A] and gradSecond [pixels,B] from gradOut [pixels,A+B]. */
export function concatBackward(
  gradFirst: Float32Array,
  gradSecond: Float32Array,
  gradOut: Float32Array,
  dims: ConcatDims,
): void {
  const channels = dims.first + dims.second;
  for (let p = 0; p < dims.pixels; p++) {
    const middle = p * channels + dims.first;
    gradFirst.set(gradOut.subarray(p * channels, middle), p * dims.first);
    gradSecond.set(gradOut.subarray(middle, (p + 1) * channels), p * dims.second);
  }
}
