/**
 * Dot products of codes and weights in whole numbers. The loops are those of the dense kernel (dense.ts): 4
 * pixels x 8 output channels in registers, where a word of 32 bits, which holds four channels of 8 bits or
 * two of 16, takes the place of a float32, and a dot product that of a product. Sums have no order to keep.
 *
 * The relaxed instruction gives the same sums on every machine as long as codes have at most 7 bits and no
 * two products leave 16 bits: 2 x 127 x 127 < 2^15.
 */

import { BLOCK } from '../constants';
import { Geometry, Phase } from './geometryStructs';

const BLOCK_BYTES: usize = BLOCK * 4;

/** acc + the sum of a word's products: four of 8 bits (in the relaxed build only), or two of 16. */
// @ts-ignore: decorator
@inline
function addProducts<T>(acc: v128, weights: v128, codes: v128): v128 {
  if (sizeof<T>() == 2) return i32x4.add(acc, i32x4.dot_i16x8_s(weights, codes));
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, codes, acc);
  return acc;
}

/** The currents [W,8] of one grid row; `offsets` holds the byte offset of each tap. Codes of type T. */
export function integerRow<T>(
  out: usize,
  source: usize,
  geometry: Geometry,
  phase: Phase,
  offsets: usize,
  weights: usize,
  bias: usize,
): void {
  const taps = phase.taps;
  const tapWeights = <usize>geometry.channelsIn * BLOCK_BYTES;
  const step = <usize>geometry.inputStep * geometry.channelsIn * 4;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  for (let left: i32 = geometry.gridWidth; left > 0; left -= 4) {
    let s00 = bias0, s01 = bias1, s10 = bias0, s11 = bias1;
    let s20 = bias0, s21 = bias1, s30 = bias0, s31 = bias1;
    let w = weights;
    for (let k: u32 = 0; k < taps; k++) {
      let x0 = source + <usize>load<u32>(offsets + (<usize>k << 2));
      let x1 = x0 + step;
      let x2 = x1 + step;
      let x3 = x2 + step;
      const end = w + tapWeights;
      while (w < end) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        let x = v128.load32_splat(x0);
        s00 = addProducts<T>(s00, w0, x);
        s01 = addProducts<T>(s01, w1, x);
        x = v128.load32_splat(x1);
        s10 = addProducts<T>(s10, w0, x);
        s11 = addProducts<T>(s11, w1, x);
        x = v128.load32_splat(x2);
        s20 = addProducts<T>(s20, w0, x);
        s21 = addProducts<T>(s21, w1, x);
        x = v128.load32_splat(x3);
        s30 = addProducts<T>(s30, w0, x);
        s31 = addProducts<T>(s31, w1, x);
        x0 += 4; x1 += 4; x2 += 4; x3 += 4;
        w += BLOCK_BYTES;
      }
    }
    store4(out, s00, s01, s10, s11, s20, s21, s30, s31);
    out += 4 * BLOCK_BYTES;
    source += 4 * step;
  }
}

// @ts-ignore: decorator
@inline
function store4(
  out: usize,
  s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128,
): void {
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out, s10, 32);
  v128.store(out, s11, 48);
  v128.store(out, s20, 64);
  v128.store(out, s21, 80);
  v128.store(out, s30, 96);
  v128.store(out, s31, 112);
}
