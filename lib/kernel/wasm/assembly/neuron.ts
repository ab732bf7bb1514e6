/**
 * The neurons, 16 channels of one pixel at a time: integrate the current, fire, reset. A spike code is a byte whose
 * bit i says that threshold i was passed. The formulas are those of lib/spike/neuron, operation by operation.
 */

import { WIDE_BLOCK } from './gather';

/** The neurons of a layer, and what is kept of them; all [H,W,C] with C a multiple of 16. */
@unmanaged
export class Population {
  /** 0: integrates only, 1: multi-threshold, 2: integrate-and-fire, 3: the same with reset to zero. */
  kind: u32;
  /** f32 for each threshold, from high to low. */
  thresholds: usize;
  thresholdCount: u32;
  /** f32 for each code: the weighted spike. */
  values: usize;
  height: u32;
  width: u32;
  channels: u32;
  membrane: usize;
  /** u8 [T,H,W,C] */
  codes: usize;
  stepBytes: u32;
  /** Sums over the steps; 0 where not wanted: f32 of currents and of weighted spikes, u32 of spikes. */
  currentSum: usize;
  flow: usize;
  spikeCount: usize;
  /** u64 [T,2]: spikes of each step, and how many neurons fired. */
  totals: usize;
  /** Only the spikes of this window count. */
  windowTop: u32;
  windowBottom: u32;
  windowLeft: u32;
  windowRight: u32;
}

/** Updates the neurons of one block of 16 channels in row y. */
export function updateRow(
  population: Population,
  current: usize,
  currentStep: usize,
  step: u32,
  block: u32,
  y: u32,
): void {
  const inRows = y >= population.windowTop && y < population.windowBottom;
  let neuron = <usize>(y * population.width) * population.channels + block * WIDE_BLOCK;
  const codes = population.codes + <usize>step * population.stepBytes;
  let spikes: u64 = 0;
  let firing: u64 = 0;
  for (let x: u32 = 0; x < population.width; x++, neuron += population.channels, current += currentStep) {
    if (population.currentSum) addTo(population.currentSum + (neuron << 2), current);
    const membrane = population.membrane + (neuron << 2);
    if (population.kind == 0) {
      addTo(membrane, current);
      continue;
    }
    const fired = fire(population, membrane, current);
    v128.store(codes + neuron, fired);
    if (population.flow) addWeighted(population, population.flow + (neuron << 2), codes + neuron);
    if (population.spikeCount) addCounts(population.spikeCount + (neuron << 2), fired);
    firing += popcnt(i8x16.bitmask(i8x16.ne(fired, i8x16.splat(0))));
    if (inRows && x >= population.windowLeft && x < population.windowRight) {
      spikes += popcnt(i64x2.extract_lane(fired, 0)) + popcnt(i64x2.extract_lane(fired, 1));
    }
  }
  if (!firing) return;
  const totals = population.totals + (<usize>step << 4);
  atomic.add<u64>(totals, spikes);
  atomic.add<u64>(totals + 8, firing);
}

/** One step of 16 neurons; returns their codes. */
// @ts-ignore: decorator
@inline
function fire(population: Population, membrane: usize, current: usize): v128 {
  let v0 = f32x4.add(v128.load(membrane), v128.load(current));
  let v1 = f32x4.add(v128.load(membrane, 16), v128.load(current, 16));
  let v2 = f32x4.add(v128.load(membrane, 32), v128.load(current, 32));
  let v3 = f32x4.add(v128.load(membrane, 48), v128.load(current, 48));
  let c0 = i32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
  if (population.kind == 1) {
    let bit = i32x4.splat(1);
    const end = population.thresholds + (<usize>population.thresholdCount << 2);
    for (let t = population.thresholds; t < end; t += 4) {
      const threshold = v128.load32_splat(t);
      let passed = f32x4.gt(v0, threshold); // Eq. 5
      v0 = f32x4.sub(v0, v128.and(passed, threshold)); // Eq. 4
      c0 = v128.or(c0, v128.and(passed, bit));
      passed = f32x4.gt(v1, threshold);
      v1 = f32x4.sub(v1, v128.and(passed, threshold));
      c1 = v128.or(c1, v128.and(passed, bit));
      passed = f32x4.gt(v2, threshold);
      v2 = f32x4.sub(v2, v128.and(passed, threshold));
      c2 = v128.or(c2, v128.and(passed, bit));
      passed = f32x4.gt(v3, threshold);
      v3 = f32x4.sub(v3, v128.and(passed, threshold));
      c3 = v128.or(c3, v128.and(passed, bit));
      bit = i32x4.shl(bit, 1);
    }
  } else {
    const threshold = v128.load32_splat(population.thresholds);
    c0 = f32x4.ge(v0, threshold); // Eq. 2
    c1 = f32x4.ge(v1, threshold);
    c2 = f32x4.ge(v2, threshold);
    c3 = f32x4.ge(v3, threshold);
    if (population.kind == 2) {
      v0 = f32x4.sub(v0, v128.and(c0, threshold)); // Eq. 1
      v1 = f32x4.sub(v1, v128.and(c1, threshold));
      v2 = f32x4.sub(v2, v128.and(c2, threshold));
      v3 = f32x4.sub(v3, v128.and(c3, threshold));
    } else {
      v0 = v128.andnot(v0, c0);
      v1 = v128.andnot(v1, c1);
      v2 = v128.andnot(v2, c2);
      v3 = v128.andnot(v3, c3);
    }
    const one = i32x4.splat(1);
    c0 = v128.and(c0, one);
    c1 = v128.and(c1, one);
    c2 = v128.and(c2, one);
    c3 = v128.and(c3, one);
  }
  v128.store(membrane, v0);
  v128.store(membrane, v1, 16);
  v128.store(membrane, v2, 32);
  v128.store(membrane, v3, 48);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(c0, c1), i16x8.narrow_i32x4_u(c2, c3));
}

/** Adds 16 floats. */
// @ts-ignore: decorator
@inline
function addTo(sum: usize, part: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.load(part + i)));
  }
}

// @ts-ignore: decorator
@inline
function addWeighted(population: Population, flow: usize, codes: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const sum = flow + (i << 4);
    const o = weightedSpikes(codes + (i << 2), population.thresholds, population.thresholdCount);
    v128.store(sum, f32x4.add(v128.load(sum), o));
  }
}

/** The weighted spikes of 4 codes (Eq. 6): thresholds added from high to low. */
// @ts-ignore: decorator
@inline
export function weightedSpikes(codes: usize, thresholds: usize, count: u32): v128 {
  const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(codes)));
  let sum = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const end = thresholds + (<usize>count << 2);
  for (let t = thresholds; t < end; t += 4) {
    const passed = i32x4.eq(v128.and(four, bit), bit);
    sum = f32x4.add(sum, v128.and(passed, v128.load32_splat(t)));
    bit = i32x4.shl(bit, 1);
  }
  return sum;
}

/** Adds the number of spikes in each of 16 codes. */
// @ts-ignore: decorator
@inline
function addCounts(counts: usize, codes: v128): void {
  const bits = i8x16.popcnt(codes);
  const low = i16x8.extend_low_i8x16_u(bits);
  const high = i16x8.extend_high_i8x16_u(bits);
  v128.store(counts, i32x4.add(v128.load(counts), i32x4.extend_low_i16x8_u(low)));
  v128.store(counts, i32x4.add(v128.load(counts, 16), i32x4.extend_high_i16x8_u(low)), 16);
  v128.store(counts, i32x4.add(v128.load(counts, 32), i32x4.extend_low_i16x8_u(high)), 32);
  v128.store(counts, i32x4.add(v128.load(counts, 48), i32x4.extend_high_i16x8_u(high)), 48);
}
