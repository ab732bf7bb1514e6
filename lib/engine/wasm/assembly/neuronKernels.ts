/**
 * The neurons, 16 channels of one pixel at a time: leak, integrate the current, fire, reset. A spike code is
 * a byte whose bit i says that threshold i was passed. The formulas are those of lib/neuron, operation by
 * operation.
 */

import { CASCADE, INTEGRATE, SINGLE, WIDE_BLOCK } from '../constants';
import { loadUpTo4, storeUpTo4 } from './lanes';
import { addShared } from './tasks';

/** What all neurons of a layer share. */
@unmanaged
export class NeuronKind {
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
  /** Bytes of a level of the membrane, which is [k,..] for neurons with levels. */
  levelBytes: u32;
}

/** The neurons of a layer and their sums; all [H,W,C] with C a multiple of 16. */
@unmanaged
export class Population {
  /** `NeuronKind` */
  kind: usize;
  height: u32;
  width: u32;
  channels: u32;
  membrane: usize;
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
  const kind = changetype<NeuronKind>(population.kind);
  const inRows = y >= population.windowTop && y < population.windowBottom;
  let neuron = <usize>(y * population.width) * population.channels + block * WIDE_BLOCK;
  const codes = population.codes + <usize>step * population.stepBytes;
  let spikes: u64 = 0;
  let firing: u64 = 0;
  for (let x: u32 = 0; x < population.width; x++, neuron += population.channels, current += currentStep) {
    if (population.currentSum) addTo(population.currentSum + (neuron << 2), current);
    const membrane = population.membrane + (neuron << 2);
    if (kind.dynamics == INTEGRATE) {
      addTo(membrane, current);
      continue;
    }
    const fired = fire(kind, membrane, current, population.flow ? population.flow + (neuron << 2) : 0);
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
function fire(kind: NeuronKind, membrane: usize, current: usize, flow: usize): v128 {
  const c0 = fireFour(kind, membrane, current, flow, 0, 16);
  const c1 = fireFour(kind, membrane + 16, current + 16, flow ? flow + 16 : 0, 0, 16);
  const c2 = fireFour(kind, membrane + 32, current + 32, flow ? flow + 32 : 0, 0, 16);
  const c3 = fireFour(kind, membrane + 48, current + 48, flow ? flow + 48 : 0, 0, 16);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(c0, c1), i16x8.narrow_i32x4_u(c2, c3));
}

/**
 * One step of 4 neurons, or of those in the `left` bytes; returns their codes as words. Weighted spikes are
 * added to `flow` and written to `out`, where these are not 0.
 */
// @ts-ignore: decorator
@inline
export function fireFour(
  kind: NeuronKind,
  membrane: usize,
  current: usize,
  flow: usize,
  out: usize,
  left: usize,
): v128 {
  if (kind.dynamics == SINGLE) return fireSingle(kind, membrane, current, flow, out, left);
  if (kind.dynamics == CASCADE) return fireCascade(kind, membrane, current, flow, out, left);
  return fireLevels(kind, membrane, current, flow, out, left);
}

/** leak V(t-1) + I(t) */
// @ts-ignore: decorator
@inline
export function integrate(kind: NeuronKind, membrane: usize, current: usize, left: usize): v128 {
  const kept = f32x4.mul(v128.load32_splat(kind.leak), loadUpTo4(membrane, left));
  return f32x4.add(kept, loadUpTo4(current, left)); // Eqs. 1 and 4
}

/** The potential after a spike, where it passed its threshold. */
// @ts-ignore: decorator
@inline
function resetWhere(passed: v128, kind: NeuronKind, potential: v128, threshold: v128): v128 {
  if (kind.hardReset) return v128.andnot(potential, passed);
  return f32x4.sub(potential, v128.and(passed, threshold));
}

/** Adds weighted spikes to `flow`, and writes them to `out`, where these are not 0. */
// @ts-ignore: decorator
@inline
function deliver(flow: usize, out: usize, output: v128, left: usize): void {
  if (flow) storeUpTo4(flow, f32x4.add(loadUpTo4(flow, left), output), left);
  if (out) storeUpTo4(out, output, left);
}

/** lib/neuron/integrateAndFire.ts */
// @ts-ignore: decorator
@inline
function fireSingle(
  kind: NeuronKind,
  membrane: usize,
  current: usize,
  flow: usize,
  out: usize,
  left: usize,
): v128 {
  const potential = integrate(kind, membrane, current, left);
  const threshold = v128.load32_splat(kind.thresholds);
  const passed = f32x4.ge(potential, threshold); // Eq. 2
  storeUpTo4(membrane, resetWhere(passed, kind, potential, threshold), left); // Eq. 1
  deliver(flow, out, v128.and(passed, v128.load32_splat(kind.spikeValues)), left); // Eq. 3
  return i32x4.neg(passed);
}

/** lib/neuron/multiThreshold.ts */
// @ts-ignore: decorator
@inline
function fireCascade(
  kind: NeuronKind,
  membrane: usize,
  current: usize,
  flow: usize,
  out: usize,
  left: usize,
): v128 {
  let potential = integrate(kind, membrane, current, left);
  let code = i32x4.splat(0);
  let output = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const values = kind.spikeValues - kind.thresholds;
  const end = kind.thresholds + (<usize>kind.thresholdCount << 2);
  for (let t = kind.thresholds; t < end; t += 4) {
    const threshold = v128.load32_splat(t);
    const passed = f32x4.gt(potential, threshold); // Eq. 5
    potential = f32x4.sub(potential, v128.and(passed, threshold)); // Eq. 4
    output = f32x4.add(output, v128.and(passed, v128.load32_splat(t + values))); // Eq. 6
    code = v128.or(code, v128.and(passed, bit));
    bit = i32x4.shl(bit, 1);
  }
  storeUpTo4(membrane, potential, left);
  deliver(flow, out, output, left);
  return code;
}

/** lib/neuron/multiLevel.ts */
// @ts-ignore: decorator
@inline
function fireLevels(
  kind: NeuronKind,
  membrane: usize,
  current: usize,
  flow: usize,
  out: usize,
  left: usize,
): v128 {
  let code = i32x4.splat(0);
  let output = f32x4.splat(0);
  let bit = i32x4.splat(1);
  const values = kind.spikeValues - kind.thresholds;
  const end = kind.thresholds + (<usize>kind.thresholdCount << 2);
  for (let t = kind.thresholds; t < end; t += 4, membrane += kind.levelBytes) {
    const potential = integrate(kind, membrane, current, left);
    const threshold = v128.load32_splat(t);
    const passed = f32x4.gt(potential, threshold);
    storeUpTo4(membrane, resetWhere(passed, kind, potential, threshold), left);
    output = f32x4.add(output, v128.and(passed, v128.load32_splat(t + values)));
    code = v128.or(code, v128.and(passed, bit));
    bit = i32x4.shl(bit, 1);
  }
  deliver(flow, out, output, left);
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
