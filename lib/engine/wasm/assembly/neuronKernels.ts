/**
 * The neurons, 16 channels of one pixel at a time: leak, integrate the current, fire, reset. A spike code is
 * a byte whose bit i says that threshold i was passed. The formulas are those of lib/neuron, operation by
 * operation.
 */

import { CASCADE, INTEGRATE, SINGLE, WIDE_BLOCK } from '../constants';
import { addShared } from './tasks';

/** The neurons of a layer and their sums; all [H,W,C] with C a multiple of 16. */
@unmanaged
export class Population {
  dynamics: u32;
  /** f32: part of the potential that is left after a step. */
  leak: usize;
  /** 1: a spike sets the potential to 0; 0: it subtracts the threshold. */
  hardReset: u32;
  /** f32 for each threshold, from high to low. */
  thresholds: usize;
  thresholdCount: u32;
  /** f32 for each threshold: the value of its spike. */
  spikeValues: usize;
  height: u32;
  width: u32;
  channels: u32;
  /** Bytes of a level of the membrane, which is [k,H,W,C] for neurons with levels. */
  membrane: usize;
  levelBytes: u32;
  /** u8 [T,H,W,C] */
  codes: usize;
  stepBytes: u32;
  /**
   * Addresses of sums over the steps; 0 where one is not kept: f32 of currents and of weighted spikes, u32 of
   * spikes.
   */
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
    if (population.dynamics == INTEGRATE) {
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
  addShared<u64>(totals, spikes);
  addShared<u64>(totals + 8, firing);
}

/** One step of 16 neurons; returns their codes. Weighted spikes are added to `flow` if that is not 0. */
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
  if (population.dynamics == SINGLE) return fireSingle(population, membrane, current, flow);
  if (population.dynamics == CASCADE) return fireCascade(population, membrane, current, flow);
  return fireLevels(population, membrane, current, flow);
}

/** leak V(t-1) + I(t) */
// @ts-ignore: decorator
@inline
function integrate(population: Population, membrane: usize, current: usize): v128 {
  const left = f32x4.mul(v128.load32_splat(population.leak), v128.load(membrane));
  return f32x4.add(left, v128.load(current)); // Eqs. 1 and 4
}

/** The potential after a spike, where it passed its threshold. */
// @ts-ignore: decorator
@inline
function resetWhere(passed: v128, population: Population, potential: v128, threshold: v128): v128 {
  if (population.hardReset) return v128.andnot(potential, passed);
  return f32x4.sub(potential, v128.and(passed, threshold));
}

// @ts-ignore: decorator
@inline
function addFlow(flow: usize, output: v128): void {
  if (flow) v128.store(flow, f32x4.add(v128.load(flow), output));
}

/** lib/neuron/integrateAndFire.ts */
// @ts-ignore: decorator
@inline
function fireSingle(population: Population, membrane: usize, current: usize, flow: usize): v128 {
  const potential = integrate(population, membrane, current);
  const threshold = v128.load32_splat(population.thresholds);
  const passed = f32x4.ge(potential, threshold); // Eq. 2
  v128.store(membrane, resetWhere(passed, population, potential, threshold)); // Eq. 1
  addFlow(flow, v128.and(passed, v128.load32_splat(population.spikeValues))); // Eq. 3
  return i32x4.neg(passed);
}

/** lib/neuron/multiThreshold.ts */
// @ts-ignore: decorator
@inline
function fireCascade(population: Population, membrane: usize, current: usize, flow: usize): v128 {
  let potential = integrate(population, membrane, current);
  let code = i32x4.splat(0);
  let output = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const values = population.spikeValues - population.thresholds;
  const end = population.thresholds + (<usize>population.thresholdCount << 2);
  for (let t = population.thresholds; t < end; t += 4) {
    const threshold = v128.load32_splat(t);
    const passed = f32x4.gt(potential, threshold); // Eq. 5
    potential = f32x4.sub(potential, v128.and(passed, threshold)); // Eq. 4
    output = f32x4.add(output, v128.and(passed, v128.load32_splat(t + values))); // Eq. 6
    code = v128.or(code, v128.and(passed, bit));
    bit = i32x4.shl(bit, 1);
  }
  v128.store(membrane, potential);
  addFlow(flow, output);
  return code;
}

/** lib/neuron/multiLevel.ts */
// @ts-ignore: decorator
@inline
function fireLevels(population: Population, membrane: usize, current: usize, flow: usize): v128 {
  let code = i32x4.splat(0);
  let output = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const values = population.spikeValues - population.thresholds;
  const end = population.thresholds + (<usize>population.thresholdCount << 2);
  for (let t = population.thresholds; t < end; t += 4, membrane += population.levelBytes) {
    const potential = integrate(population, membrane, current);
    const threshold = v128.load32_splat(t);
    const passed = f32x4.gt(potential, threshold);
    v128.store(membrane, resetWhere(passed, population, potential, threshold));
    output = f32x4.add(output, v128.and(passed, v128.load32_splat(t + values)));
    code = v128.or(code, v128.and(passed, bit));
    bit = i32x4.shl(bit, 1);
  }
  addFlow(flow, output);
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

/** The weighted spikes of 4 codes (Eq. 6): values of spikes, added from the highest threshold down. */
// @ts-ignore: decorator
@inline
export function weightedSpikes(codes: usize, spikeValues: usize, count: u32): v128 {
  const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(codes)));
  let sum = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const end = spikeValues + (<usize>count << 2);
  for (let value = spikeValues; value < end; value += 4) {
    const passed = i32x4.eq(v128.and(four, bit), bit);
    sum = f32x4.add(sum, v128.and(passed, v128.load32_splat(value)));
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
