/**
 * Loops over tensors [pixels,C] with numbers of float64 for each channel (lib/op/channelLoops.ts, operation
 * by operation), 8 channels in registers. A task of a sum is a block of 8 channels, so that no sum is split;
 * of anything else it is `chunk` pixels.
 */

import { BLOCK, OF_PRODUCTS, OF_SQUARES, OF_VALUES } from '../constants';
import { nextTask } from './tasks';

const FLOAT: usize = 4;
const PAIR: usize = 8;
const DOUBLE: usize = 8;

/** sums f64 [C] += values, (x - mean)^2 or g (x - mean), as `kind` says. */
export function channelSums(
  tasks: u32,
  kind: u32,
  sums: usize,
  gradients: usize,
  values: usize,
  mean: usize,
  pixels: u32,
  channels: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = task * BLOCK;
    const left = min<u32>(BLOCK, channels - first);
    const at = <usize>first * FLOAT;
    const own = sums + <usize>first * DOUBLE;
    const means = mean + <usize>first * DOUBLE;
    if (left < <u32>BLOCK) {
      for (let c: usize = 0; c < left; c++)
        sumOne(kind, own + c * DOUBLE, gradients + at + c * FLOAT, values + at + c * FLOAT, means + c * DOUBLE, pixels, channels);
    } else if (kind == OF_VALUES) sumBlock(OF_VALUES, own, gradients + at, values + at, means, pixels, channels);
    else if (kind == OF_SQUARES) sumBlock(OF_SQUARES, own, gradients + at, values + at, means, pixels, channels);
    else sumBlock(OF_PRODUCTS, own, gradients + at, values + at, means, pixels, channels);
  }
}

/** The sums of 8 channels; `kind` is a constant. */
// @ts-ignore: decorator
@inline
function sumBlock(
  kind: u32,
  sums: usize,
  gradients: usize,
  values: usize,
  mean: usize,
  pixels: u32,
  channels: u32,
): void {
  const step = <usize>channels * FLOAT;
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  const m0 = v128.load(mean), m1 = v128.load(mean, 16), m2 = v128.load(mean, 32), m3 = v128.load(mean, 48);
  for (let p: u32 = 0; p < pixels; p++, values += step, gradients += step) {
    s0 = f64x2.add(s0, term(kind, gradients, values, m0));
    s1 = f64x2.add(s1, term(kind, gradients + 8, values + 8, m1));
    s2 = f64x2.add(s2, term(kind, gradients + 16, values + 16, m2));
    s3 = f64x2.add(s3, term(kind, gradients + 24, values + 24, m3));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** What is added for two channels. */
// @ts-ignore: decorator
@inline
function term(kind: u32, gradients: usize, values: usize, mean: v128): v128 {
  const x = loadTwo(values, PAIR);
  if (kind == OF_VALUES) return x;
  const difference = f64x2.sub(x, mean);
  return f64x2.mul(kind == OF_SQUARES ? difference : loadTwo(gradients, PAIR), difference);
}

/** The sum of one channel. */
function sumOne(
  kind: u32,
  sum: usize,
  gradients: usize,
  values: usize,
  mean: usize,
  pixels: u32,
  channels: u32,
): void {
  const step = <usize>channels * FLOAT;
  let total = load<f64>(sum);
  const m = load<f64>(mean);
  for (let p: u32 = 0; p < pixels; p++, values += step, gradients += step) {
    const x = <f64>load<f32>(values);
    if (kind == OF_VALUES) total += x;
    else if (kind == OF_SQUARES) total += (x - m) * (x - m);
    else total += <f64>load<f32>(gradients) * (x - m);
  }
  store<f64>(sum, total);
}

/** out = slope (x - mean) + shift. */
export function scaleChannels(
  tasks: u32,
  out: usize,
  values: usize,
  slope: usize,
  mean: usize,
  shift: usize,
  pixels: u32,
  channels: u32,
  chunk: u32,
): void {
  const pairs = <usize>(channels & ~1) * FLOAT;
  const all = <usize>channels * FLOAT;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(pixels, (task + 1) * chunk);
    for (let p = task * chunk; p < end; p++) {
      const at = <usize>p * all;
      let c: usize = 0;
      for (; c < pairs; c += PAIR) scaleTwo(out + at + c, values + at + c, slope + 2 * c, mean + 2 * c, shift + 2 * c, PAIR);
      if (c < all) scaleTwo(out + at + c, values + at + c, slope + 2 * c, mean + 2 * c, shift + 2 * c, FLOAT);
    }
  }
}

/**
 * Of two channels, or with `bytes` of one float32 of the first: then numbers beyond those of the last channel
 * are read, but not used. `bytes` is a constant.
 */
// @ts-ignore: decorator
@inline
function scaleTwo(out: usize, values: usize, slope: usize, mean: usize, shift: usize, bytes: usize): void {
  const scaled = f64x2.mul(v128.load(slope), f64x2.sub(loadTwo(values, bytes), v128.load(mean)));
  storeTwo(out, f64x2.add(scaled, v128.load(shift)), bytes);
}

/** g = slope (g - shift - pull (x - mean)), in the place of the gradients. */
export function scaleChannelsBack(
  tasks: u32,
  gradients: usize,
  values: usize,
  slope: usize,
  mean: usize,
  shift: usize,
  pull: usize,
  pixels: u32,
  channels: u32,
  chunk: u32,
): void {
  const pairs = <usize>(channels & ~1) * FLOAT;
  const all = <usize>channels * FLOAT;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(pixels, (task + 1) * chunk);
    for (let p = task * chunk; p < end; p++) {
      const at = <usize>p * all;
      let c: usize = 0;
      for (; c < pairs; c += PAIR)
        scaleTwoBack(gradients + at + c, values + at + c, slope + 2 * c, mean + 2 * c, shift + 2 * c, pull + 2 * c, PAIR);
      if (c < all)
        scaleTwoBack(gradients + at + c, values + at + c, slope + 2 * c, mean + 2 * c, shift + 2 * c, pull + 2 * c, FLOAT);
    }
  }
}

/** Of two channels, or of the first, as above. */
// @ts-ignore: decorator
@inline
function scaleTwoBack(
  gradients: usize,
  values: usize,
  slope: usize,
  mean: usize,
  shift: usize,
  pull: usize,
  bytes: usize,
): void {
  const pulled = f64x2.mul(v128.load(pull), f64x2.sub(loadTwo(values, bytes), v128.load(mean)));
  const rest = f64x2.sub(f64x2.sub(loadTwo(gradients, bytes), v128.load(shift)), pulled);
  storeTwo(gradients, f64x2.mul(v128.load(slope), rest), bytes);
}

/** Two float32 as float64, or one and a zero. */
// @ts-ignore: decorator
@inline
function loadTwo(from: usize, bytes: usize): v128 {
  return f64x2.promote_low_f32x4(bytes == PAIR ? v128.load64_zero(from) : v128.load32_zero(from));
}

/** Two float64, or the first, each rounded to float32. */
// @ts-ignore: decorator
@inline
function storeTwo(to: usize, values: v128, bytes: usize): void {
  const floats = f32x4.demote_f64x2_zero(values);
  if (bytes == PAIR) v128.store64_lane(to, floats, 0);
  else v128.store32_lane(to, floats, 0);
}
