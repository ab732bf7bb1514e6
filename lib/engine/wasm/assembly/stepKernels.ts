/**
 * Single steps of neurons, forward (neuronKernels.ts) and backward (lib/neuron/derivative.ts, operation by
 * operation), 4 neurons at a time. A task is `chunk` neurons, a multiple of 4.
 */

import { CASCADE, RECTANGLE, SINGLE, STRAIGHT, TRIANGLE } from '../constants';
import { loadUpTo4, storeUpTo4 } from './lanes';
import { fireFour, integrate, NeuronKind } from './neuronKernels';
import { nextTask } from './tasks';

/** One step of `count` neurons: weighted spikes `out` f32 [n], numbers of `spikes` u8 [n]. */
export function stepNeurons(
  tasks: u32,
  kind: NeuronKind,
  out: usize,
  spikes: usize,
  membrane: usize,
  current: usize,
  count: u32,
  chunk: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = <usize>min(count, (task + 1) * chunk) << 2;
    let at = (<usize>task * chunk) << 2;
    for (; at + 16 <= end; at += 16) stepFour(kind, out, spikes, membrane, current, at, 16);
    if (at < end) stepFour(kind, out, spikes, membrane, current, at, end - at);
  }
}

/** One step of the 4 neurons `at` bytes from the first, or of those in the `left` bytes. */
// @ts-ignore: decorator
@inline
function stepFour(
  kind: NeuronKind,
  out: usize,
  spikes: usize,
  membrane: usize,
  current: usize,
  at: usize,
  left: usize,
): void {
  const codes = fireFour(kind, membrane + at, current + at, 0, out + at, left);
  storeCounts(spikes + (at >> 2), codes, left);
}

/** The number of spikes of each of 4 codes, a byte each; `left` as for floats. */
// @ts-ignore: decorator
@inline
function storeCounts(to: usize, codes: v128, left: usize): void {
  const counts = i8x16.popcnt(codes);
  const shorts = i16x8.narrow_i32x4_u(counts, counts);
  const bytes = i8x16.narrow_i16x8_u(shorts, shorts);
  if (left >= 16) {
    v128.store32_lane(to, bytes, 0);
    return;
  }
  v128.store8_lane(to, bytes, 0);
  if (left > 4) v128.store8_lane(to, bytes, 1, 1);
  if (left > 8) v128.store8_lane(to, bytes, 2, 2);
}

/** The derivative of a spike, and whether the reset is not part of the graph. */
@unmanaged
export class Derivative {
  surrogate: u32;
  detached: u32;
}

/** One step backwards: dL/dI(t) from dL/do(t), V(t-1) and I(t); `carried` dL/dV(t) becomes dL/dV(t-1). */
export function stepNeuronsBack(
  tasks: u32,
  kind: NeuronKind,
  derivative: Derivative,
  gradCurrent: usize,
  carried: usize,
  gradOut: usize,
  membrane: usize,
  current: usize,
  count: u32,
  chunk: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = <usize>min(count, (task + 1) * chunk) << 2;
    for (let at = (<usize>task * chunk) << 2; at < end; at += 16) {
      const left = end - at;
      const grad = loadUpTo4(gradOut + at, left);
      const slope = backFour(kind, derivative, carried + at, grad, membrane + at, current + at, left);
      storeUpTo4(gradCurrent + at, slope, left);
    }
  }
}

/** dL/dI(t) of 4 neurons. */
// @ts-ignore: decorator
@inline
function backFour(
  kind: NeuronKind,
  derivative: Derivative,
  carried: usize,
  gradOut: v128,
  membrane: usize,
  current: usize,
  left: usize,
): v128 {
  if (kind.dynamics == CASCADE)
    return backCascade(kind, derivative, carried, gradOut, integrate(kind, membrane, current, left), left);
  const values = kind.spikeValues - kind.thresholds;
  if (kind.dynamics == SINGLE) {
    const u = integrate(kind, membrane, current, left);
    return backMembrane(kind, derivative, carried, gradOut, u, kind.thresholds, values, left);
  }
  let sum = f32x4.splat(0);
  const end = kind.thresholds + (<usize>kind.thresholdCount << 2);
  for (let t = kind.thresholds; t < end; t += 4) {
    const u = integrate(kind, membrane, current, left);
    sum = f32x4.add(sum, backMembrane(kind, derivative, carried, gradOut, u, t, values, left));
    membrane += kind.levelBytes;
    carried += kind.levelBytes;
  }
  return sum;
}

/** du of one membrane with potential u: its threshold is at `t`, the value of its spike at `t` + `values`. */
// @ts-ignore: decorator
@inline
function backMembrane(
  kind: NeuronKind,
  derivative: Derivative,
  carried: usize,
  gradOut: v128,
  u: v128,
  t: usize,
  values: usize,
  left: usize,
): v128 {
  const threshold = v128.load32_splat(t);
  const g = surrogate(derivative, u, threshold);
  const inReset = derivative.detached ? f32x4.splat(0) : g;
  let kept = f32x4.splat(1);
  let taken = threshold;
  if (kind.hardReset) {
    const fires = kind.dynamics == SINGLE ? f32x4.ge(u, threshold) : f32x4.gt(u, threshold);
    kept = v128.andnot(kept, fires);
    taken = u;
  }
  const slope = f32x4.sub(kept, f32x4.mul(taken, inReset));
  const outSlope = f32x4.mul(v128.load32_splat(t + values), g);
  return gradientOf(kind, carried, gradOut, outSlope, slope, left);
}

/** du of a cascade with potential u. */
// @ts-ignore: decorator
@inline
function backCascade(
  kind: NeuronKind,
  derivative: Derivative,
  carried: usize,
  gradOut: v128,
  u: v128,
  left: usize,
): v128 {
  const one = f32x4.splat(1);
  let slope = one;
  let outSlope = f32x4.splat(0);
  const values = kind.spikeValues - kind.thresholds;
  const end = kind.thresholds + (<usize>kind.thresholdCount << 2);
  for (let t = kind.thresholds; t < end; t += 4) {
    const threshold = v128.load32_splat(t);
    const g = surrogate(derivative, u, threshold);
    outSlope = f32x4.add(outSlope, f32x4.mul(f32x4.mul(v128.load32_splat(t + values), g), slope));
    slope = f32x4.mul(slope, f32x4.sub(one, f32x4.mul(threshold, g)));
    u = f32x4.sub(u, v128.and(f32x4.gt(u, threshold), threshold));
  }
  return gradientOf(kind, carried, gradOut, outSlope, derivative.detached ? one : slope, left);
}

/** du = dL/do dG/du + dL/dV dH/du; `carried` becomes leak du. */
// @ts-ignore: decorator
@inline
function gradientOf(
  kind: NeuronKind,
  carried: usize,
  gradOut: v128,
  outSlope: v128,
  slope: v128,
  left: usize,
): v128 {
  const through = f32x4.mul(loadUpTo4(carried, left), slope);
  const du = f32x4.add(f32x4.mul(gradOut, outSlope), through);
  storeUpTo4(carried, f32x4.mul(v128.load32_splat(kind.leak), du), left);
  return du;
}

/** lib/neuron/surrogate.ts */
// @ts-ignore: decorator
@inline
function surrogate(derivative: Derivative, u: v128, threshold: v128): v128 {
  const one = f32x4.splat(1);
  if (derivative.surrogate == TRIANGLE) {
    const distance = f32x4.abs(f32x4.sub(f32x4.div(u, threshold), one));
    return f32x4.mul(f32x4.splat(0.3), f32x4.max(f32x4.splat(0), f32x4.sub(one, distance)));
  }
  const over = f32x4.sub(u, threshold);
  if (derivative.surrogate == STRAIGHT) {
    const near = f32x4.lt(f32x4.abs(over), f32x4.div(threshold, f32x4.splat(2)));
    return v128.and(near, f32x4.div(one, threshold));
  }
  if (derivative.surrogate == RECTANGLE) return v128.and(f32x4.lt(f32x4.abs(over), f32x4.splat(0.5)), one);
  const x = f32x4.mul(f32x4.splat(<f32>Math.PI), over); // ATAN
  return f32x4.div(one, f32x4.add(one, f32x4.mul(x, x)));
}
