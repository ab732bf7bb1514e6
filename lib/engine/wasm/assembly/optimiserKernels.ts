/**
 * Adam, RMSprop and SGD with momentum on float32 vectors; scalars come as the bits of float32. A task is
 * `chunk` values.
 */

import { loadUpTo4, storeUpTo4 } from './lanes';
import { nextTask } from './tasks';

/** See lib/op/adam.ts, operation by operation. */
export function adam(
  tasks: u32,
  weight: usize,
  moment1: usize,
  moment2: usize,
  gradient: usize,
  scalars: usize,
  count: u32,
  chunk: u32,
): void {
  const keep1 = v128.load32_splat(scalars);
  const take1 = v128.load32_splat(scalars, 4);
  const keep2 = v128.load32_splat(scalars, 8);
  const take2 = v128.load32_splat(scalars, 12);
  const stepSize = v128.load32_splat(scalars, 16);
  const rootCorrection2 = v128.load32_splat(scalars, 20);
  const epsilon = v128.load32_splat(scalars, 24);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = <usize>min(count, (task + 1) * chunk) << 2;
    for (let at = (<usize>task * chunk) << 2; at < end; at += 16) {
      const left = end - at;
      const g = loadUpTo4(gradient + at, left);
      const w = loadUpTo4(weight + at, left);
      const m0 = f32x4.mul(keep1, loadUpTo4(moment1 + at, left));
      const m = f32x4.add(m0, f32x4.mul(take1, g));
      const v0 = f32x4.mul(keep2, loadUpTo4(moment2 + at, left));
      const v = f32x4.add(v0, f32x4.mul(take2, f32x4.mul(g, g)));
      const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), rootCorrection2), epsilon);
      storeUpTo4(moment1 + at, m, left);
      storeUpTo4(moment2 + at, v, left);
      storeUpTo4(weight + at, f32x4.sub(w, f32x4.mul(stepSize, f32x4.div(m, denominator))), left);
    }
  }
}

/** See lib/op/rmsprop.ts, operation by operation. */
export function rmsprop(
  tasks: u32,
  weight: usize,
  squareAverage: usize,
  momentumBuffer: usize,
  gradient: usize,
  scalars: usize,
  count: u32,
  chunk: u32,
): void {
  const keep = v128.load32_splat(scalars);
  const take = v128.load32_splat(scalars, 4);
  const learningRate = v128.load32_splat(scalars, 8);
  const momentum = v128.load32_splat(scalars, 12);
  const epsilon = v128.load32_splat(scalars, 16);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = <usize>min(count, (task + 1) * chunk) << 2;
    for (let at = (<usize>task * chunk) << 2; at < end; at += 16) {
      const left = end - at;
      const g = loadUpTo4(gradient + at, left);
      const v0 = f32x4.mul(keep, loadUpTo4(squareAverage + at, left));
      const v = f32x4.add(v0, f32x4.mul(take, f32x4.mul(g, g)));
      const scaled = f32x4.div(g, f32x4.add(f32x4.sqrt(v), epsilon));
      storeUpTo4(squareAverage + at, v, left);
      move(weight + at, momentumBuffer + at, scaled, learningRate, momentum, left);
    }
  }
}

/** See lib/op/sgd.ts, operation by operation. */
export function sgd(
  tasks: u32,
  weight: usize,
  momentumBuffer: usize,
  gradient: usize,
  scalars: usize,
  count: u32,
  chunk: u32,
): void {
  const learningRate = v128.load32_splat(scalars);
  const momentum = v128.load32_splat(scalars, 4);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = <usize>min(count, (task + 1) * chunk) << 2;
    for (let at = (<usize>task * chunk) << 2; at < end; at += 16) {
      const left = end - at;
      const g = loadUpTo4(gradient + at, left);
      move(weight + at, momentumBuffer + at, g, learningRate, momentum, left);
    }
  }
}

/** How RMSprop and SGD end: what has moved before goes on, and the weights move with it. */
// @ts-ignore: decorator
@inline
function move(
  weight: usize,
  momentumBuffer: usize,
  scaled: v128,
  learningRate: v128,
  momentum: v128,
  left: usize,
): void {
  const moved = f32x4.add(f32x4.mul(momentum, loadUpTo4(momentumBuffer, left)), scaled);
  storeUpTo4(momentumBuffer, moved, left);
  storeUpTo4(weight, f32x4.sub(loadUpTo4(weight, left), f32x4.mul(learningRate, moved)), left);
}
