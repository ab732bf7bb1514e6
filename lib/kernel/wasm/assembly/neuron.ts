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
    const fired = fire(population, membrane, current, population.flow ? population.flow + (neuron << 2) : 0);
    v128.store(codes + neuron, fired);
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

/** One step of 16 neurons, whose weighted spikes are added to `flow` where that is not 0; returns their codes. */
// @ts-ignore: decorator
@inline
function fire(population: Population, membrane: usize, current: usize, flow: usize): v128 {
  const c0 = fireFour(population, membrane, current, flow);
  const c1 = fireFour(population, membrane + 16, current + 16, flow ? flow + 16 : 0);
  const c2 = fireFour(population, membrane + 32, current + 32, flow ? flow + 32 : 0);
  const c3 = fireFour(population, membrane + 48, current + 48, flow ? flow + 48 : 0);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(c0, c1), i16x8.narrow_i32x4_u(c2, c3));
}

/** One step of 4 neurons. */
// @ts-ignore: decorator
@inline
function fireFour(population: Population, membrane: usize, current: usize, flow: usize): v128 {
  let potential = f32x4.add(v128.load(membrane), v128.load(current)); // Eqs. 1 and 4: V(t-1) + I(t)
  let code = i32x4.splat(0);
  let output = f32x4.splat(0);
  if (population.kind == 1) {
    let bit = i32x4.splat(1);
    const end = population.thresholds + (<usize>population.thresholdCount << 2);
    for (let t = population.thresholds; t < end; t += 4) {
      const threshold = v128.load32_splat(t);
      const passed = f32x4.gt(potential, threshold); // Eq. 5
      const share = v128.and(passed, threshold);
      potential = f32x4.sub(potential, share); // Eq. 4
      output = f32x4.add(output, share); // Eq. 6
      code = v128.or(code, v128.and(passed, bit));
      bit = i32x4.shl(bit, 1);
    }
  } else {
    const threshold = v128.load32_splat(population.thresholds);
    const passed = f32x4.ge(potential, threshold); // Eq. 2
    output = v128.and(passed, threshold); // Eq. 3
    code = i32x4.neg(passed);
    potential = population.kind == 2 ? f32x4.sub(potential, output) : v128.andnot(potential, passed); // Eq. 1
  }
  v128.store(membrane, potential);
  if (flow) v128.store(flow, f32x4.add(v128.load(flow), output));
  return code;
}

/** Adds 16 floats. */
// @ts-ignore: decorator
@inline
function addTo(sum: usize, part: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.load(part + i)));
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
