/**
 * Dot products of bytes in sums of 16 bits, which are widened to 32 bits before they could overflow: two
 * instructions for 16 products, where `i32x4.relaxed_dot_i8x16_i7x16_add_s` takes three or more (any x86
 * without VNNI, and V8 before 13.5). For each word of the packed weights `lengths` says how many words from
 * there on can be summed in 16 bits (shortSums.ts of the folder above).
 */

import { BLOCK } from '../constants';
import { Geometry, Phase, runOf } from './geometryStructs';
import { productsOfPairs } from './products';

const BLOCK_BYTES: usize = BLOCK * 4;
/** Pixels whose sums stay in registers. */
const PIXELS = 4;

/** 8 output channels of one grid row as i32 [gridWidth,8]; as denseRow<i8> makes them (dense.ts). */
export function sumsRow(
  out: usize,
  source: usize,
  geometry: Geometry,
  phase: Phase,
  offsets: usize,
  weights: usize,
  lengths: usize,
  bias: usize,
): void {
  const width = geometry.gridWidth;
  const tapWeights = <usize>geometry.channelsIn * BLOCK_BYTES;
  const step = <usize>geometry.inputStep * geometry.channelsIn * 4;
  for (let x: u32 = 0; x < width; x++) {
    v128.store(out + <usize>x * BLOCK_BYTES, v128.load(bias));
    v128.store(out + <usize>x * BLOCK_BYTES, v128.load(bias, 16), 16);
  }
  let w = weights;
  for (let k: u32 = 0; k < phase.runs; k++) {
    let from = source + <usize>load<u32>(offsets + (<usize>k << 2));
    const end = w + <usize>runOf(phase, k).count * tapWeights;
    while (w < end) {
      const bytes = min((<usize>load<u8>(lengths + (w - weights) / BLOCK_BYTES)) * BLOCK_BYTES, end - w);
      addWords(out, from, step, width, w, bytes);
      w += bytes;
      from += bytes / BLOCK;
    }
  }
}

/** Adds some words of each pixel, as many as 16 bits hold; the first ones begin the sums. */
// @ts-ignore: decorator
@inline
function addWords(out: usize, source: usize, step: usize, width: i32, weights: usize, bytes: usize): void {
  const end = weights + bytes;
  for (let left = width; left > 0; left -= PIXELS) {
    let x0 = source;
    let x1 = x0 + step;
    let x2 = x1 + step;
    let x3 = x2 + step;
    const f0 = v128.load(weights);
    const f1 = v128.load(weights, 16);
    let x = v128.load32_splat(x0);
    let s00 = productsOfPairs(f0, x), s01 = productsOfPairs(f1, x);
    x = v128.load32_splat(x1);
    let s10 = productsOfPairs(f0, x), s11 = productsOfPairs(f1, x);
    x = v128.load32_splat(x2);
    let s20 = productsOfPairs(f0, x), s21 = productsOfPairs(f1, x);
    x = v128.load32_splat(x3);
    let s30 = productsOfPairs(f0, x), s31 = productsOfPairs(f1, x);
    for (let w = weights + BLOCK_BYTES; w < end; w += BLOCK_BYTES) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      x0 += 4; x1 += 4; x2 += 4; x3 += 4;
      x = v128.load32_splat(x0);
      s00 = i16x8.add(s00, productsOfPairs(w0, x));
      s01 = i16x8.add(s01, productsOfPairs(w1, x));
      x = v128.load32_splat(x1);
      s10 = i16x8.add(s10, productsOfPairs(w0, x));
      s11 = i16x8.add(s11, productsOfPairs(w1, x));
      x = v128.load32_splat(x2);
      s20 = i16x8.add(s20, productsOfPairs(w0, x));
      s21 = i16x8.add(s21, productsOfPairs(w1, x));
      x = v128.load32_splat(x3);
      s30 = i16x8.add(s30, productsOfPairs(w0, x));
      s31 = i16x8.add(s31, productsOfPairs(w1, x));
    }
    widen(out, s00, s01);
    if (left > 1) widen(out + BLOCK_BYTES, s10, s11);
    if (left > 2) widen(out + 2 * BLOCK_BYTES, s20, s21);
    if (left > 3) widen(out + 3 * BLOCK_BYTES, s30, s31);
    out += <usize>PIXELS * BLOCK_BYTES;
    source += <usize>PIXELS * step;
  }
}

/** Adds sums of 16 bits, two for each channel, to those of 32. */
// @ts-ignore: decorator
@inline
function widen(out: usize, low: v128, high: v128): void {
  v128.store(out, i32x4.add(v128.load(out), i32x4.extadd_pairwise_i16x8_s(low)));
  v128.store(out, i32x4.add(v128.load(out, 16), i32x4.extadd_pairwise_i16x8_s(high)), 16);
}
