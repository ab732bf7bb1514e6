/**
 * Neurons in whole numbers, 8 channels of one pixel at a time. Passing the thresholds D 2^j from high to low
 * writes floor((u - 1) / D), limited to N bits, as a binary number; so one division takes their place: a
 * product with 1 / D in float32, which is exact or, where D 2^N is large, at most one off and then corrected.
 */

import { BLOCK } from '../constants';
import { IntegerNeurons } from './integerStructs';
import { truncate } from './products';
import { addShared } from './tasks';

const WORDS_BYTES: usize = BLOCK * 4;

/**
 * One step of the neurons of one block of channels: `count` pixels of row y from column x on, `xStep` columns
 * apart, from their currents [count,8].
 */
export function integerNeurons(
  neurons: IntegerNeurons,
  currents: usize,
  step: u32,
  block: u32,
  y: u32,
  x: u32,
  xStep: u32,
  count: u32,
): void {
  const pixelStep = <usize>xStep * neurons.channels;
  let neuron = <usize>(y * neurons.width + x) * neurons.channels + block * BLOCK;
  if (!neurons.fires) {
    addCurrents(neurons.membrane + (neuron << 2), currents, pixelStep << 2, count);
    return;
  }
  const channel = <usize>block * WORDS_BYTES;
  const start0 = v128.load(neurons.start + channel), start1 = v128.load(neurons.start + channel, 16);
  const D0 = v128.load(neurons.divisors + channel), D1 = v128.load(neurons.divisors + channel, 16);
  const top0 = v128.load(neurons.ceilings + channel), top1 = v128.load(neurons.ceilings + channel, 16);
  const r0 = v128.load(neurons.reciprocals + channel), r1 = v128.load(neurons.reciprocals + channel, 16);
  const most = i32x4.splat(neurons.mostMembrane), least = v128.not(most); // -most - 1
  const codes = neurons.codes + <usize>step * neurons.stepBytes;
  const inRows = y >= neurons.windowTop && y < neurons.windowBottom;
  const small = neurons.small != 0;
  const continues = neurons.membrane && !(neurons.fresh && step == 0);
  let spikes: u64 = 0;
  for (let i: u32 = 0; i < count; i++, x += xStep, neuron += pixelStep, currents += WORDS_BYTES) {
    let u0 = v128.load(currents), u1 = v128.load(currents, 16);
    const membrane = neurons.membrane + (neuron << 2);
    if (continues) {
      u0 = i32x4.add(u0, v128.load(membrane));
      u1 = i32x4.add(u1, v128.load(membrane, 16));
    } else {
      u0 = i32x4.add(u0, start0);
      u1 = i32x4.add(u1, start1);
    }
    u0 = i32x4.min_s(i32x4.max_s(u0, least), most);
    u1 = i32x4.min_s(i32x4.max_s(u1, least), most);
    const code0 = codeOf(u0, D0, top0, r0, small), code1 = codeOf(u1, D1, top1, r1, small);
    if (neurons.membrane) {
      v128.store(membrane, i32x4.sub(u0, fired(code0, D0, small)));
      v128.store(membrane, i32x4.sub(u1, fired(code1, D1, small)), 16);
    }
    const pairs = i16x8.narrow_i32x4_s(code0, code1);
    const bytes = i64x2.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0);
    store<u64>(codes + neuron, bytes);
    if (inRows && x >= neurons.windowLeft && x < neurons.windowRight) spikes += popcnt<u64>(bytes);
  }
  if (spikes > 0) addShared<u64>(neurons.totals + (<usize>step << 3), spikes);
}

/**
 * floor((u - 1) / D), from 0 to 2^N - 1; all below 2^24, where float32 is exact. (u - 1/2) / D is at least
 * 1 / (2 D) away from whole numbers; two roundings move it by less than 2^(N-22), less if D is `small`.
 */
// @ts-ignore: decorator
@inline
function codeOf(u: v128, D: v128, ceiling: v128, reciprocal: v128, small: bool): v128 {
  if (small) {
    const v = i32x4.min_s(i32x4.max_s(u, i32x4.splat(0)), ceiling);
    return truncate(f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(v), f32x4.splat(0.5)), reciprocal));
  }
  const one = i32x4.splat(1);
  const v = i32x4.sub(i32x4.min_s(i32x4.max_s(u, one), ceiling), one);
  const guess = truncate(f32x4.mul(f32x4.convert_i32x4_s(v), reciprocal));
  const rest = i32x4.sub(v, i32x4.mul(guess, D));
  // A comparison that holds is -1.
  const low = i32x4.ge_s(rest, D), high = i32x4.lt_s(rest, i32x4.splat(0));
  return i32x4.add(i32x4.sub(guess, low), high);
}

/** What a membrane loses by its spikes; a product of words whose upper halves are 0 is one instruction. */
// @ts-ignore: decorator
@inline
function fired(code: v128, D: v128, small: bool): v128 {
  return small ? i32x4.dot_i16x8_s(code, D) : i32x4.mul(code, D);
}

function addCurrents(sums: usize, currents: usize, step: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++, sums += step, currents += WORDS_BYTES) {
    v128.store(sums, i32x4.add(v128.load(sums), v128.load(currents)));
    v128.store(sums, i32x4.add(v128.load(sums, 16), v128.load(currents, 16)), 16);
  }
}
