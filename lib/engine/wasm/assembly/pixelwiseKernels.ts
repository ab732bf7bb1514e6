/**
 * Pooling, ReLU, concatenation and sums: one pass over memory each; a task is a range of pixels or values.
 */

import { nextTask } from './tasks';

/** out = max(input, 0). */
export function relu(tasks: u32, out: usize, input: usize, count: u32, chunk: u32): void {
  const zero = f32x4.splat(0);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(count, (task + 1) * chunk);
    let i = task * chunk;
    for (; i + 4 <= end; i += 4) {
      const at = <usize>i << 2;
      v128.store(out + at, f32x4.max(v128.load(input + at), zero));
    }
    for (; i < end; i++) {
      const at = <usize>i << 2;
      store<f32>(out + at, max<f32>(load<f32>(input + at), 0));
    }
  }
}

/** gradInput = gradOut where gate > 0, else 0. */
export function reluGradient(
  tasks: u32,
  gradInput: usize,
  gradOut: usize,
  gate: usize,
  count: u32,
  chunk: u32,
): void {
  const zero = f32x4.splat(0);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(count, (task + 1) * chunk);
    let i = task * chunk;
    for (; i + 4 <= end; i += 4) {
      const at = <usize>i << 2;
      const open = f32x4.gt(v128.load(gate + at), zero);
      v128.store(gradInput + at, v128.and(v128.load(gradOut + at), open));
    }
    for (; i < end; i++) {
      const at = <usize>i << 2;
      store<f32>(gradInput + at, load<f32>(gate + at) > 0 ? load<f32>(gradOut + at) : 0);
    }
  }
}

/** sum += part. */
export function addInto(tasks: u32, sum: usize, part: usize, count: u32, chunk: u32): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(count, (task + 1) * chunk);
    let i = task * chunk;
    for (; i + 4 <= end; i += 4) {
      const at = <usize>i << 2;
      v128.store(sum + at, f32x4.add(v128.load(sum + at), v128.load(part + at)));
    }
    for (; i < end; i++) {
      const at = <usize>i << 2;
      store<f32>(sum + at, load<f32>(sum + at) + load<f32>(part + at));
    }
  }
}

/** values /= divisor, given as the bits of a float32. */
export function divideBy(tasks: u32, values: usize, divisorBits: u32, count: u32, chunk: u32): void {
  const divisor = reinterpret<f32>(divisorBits);
  const divisors = f32x4.splat(divisor);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(count, (task + 1) * chunk);
    let i = task * chunk;
    for (; i + 4 <= end; i += 4) {
      const at = values + (<usize>i << 2);
      v128.store(at, f32x4.div(v128.load(at), divisors));
    }
    for (; i < end; i++) {
      const at = values + (<usize>i << 2);
      store<f32>(at, load<f32>(at) / divisor);
    }
  }
}

/**
 * Copies `channels` channels of each pixel between tensors with different numbers of channels, from channel
 * `fromFirst` to channel `first`.
 */
export function copyChannels(
  tasks: u32,
  out: usize,
  outChannels: u32,
  first: u32,
  input: usize,
  inputChannels: u32,
  fromFirst: u32,
  channels: u32,
  pixels: u32,
  chunk: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(pixels, (task + 1) * chunk);
    for (let p = task * chunk; p < end; p++) {
      const target = out + (<usize>p * outChannels + first) * 4;
      const from = input + (<usize>p * inputChannels + fromFirst) * 4;
      copyFloats(target, from, channels);
    }
  }
}

// @ts-ignore: decorator
@inline
function copyFloats(target: usize, from: usize, count: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= count; i += 4) v128.store(target + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
  for (; i < count; i++) store<f32>(target + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
}

/** 2x2 means 0.25 * (((a + b) + c) + d), never -0; a task is `chunk` rows of the output. */
export function averagePool(
  tasks: u32,
  out: usize,
  input: usize,
  height: u32,
  width: u32,
  channels: u32,
  chunk: u32,
): void {
  const pixel = <usize>channels * 4;
  const down = <usize>width * pixel;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(height / 2, (task + 1) * chunk);
    for (let y = task * chunk; y < end; y++) {
      let target = out + <usize>(y * (width / 2)) * pixel;
      let from = input + <usize>(2 * y) * down;
      for (let x: u32 = 0; x < width; x += 2, target += pixel, from += 2 * pixel) {
        poolPixel(target, from, pixel, down, channels);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function poolPixel(target: usize, from: usize, pixel: usize, down: usize, channels: u32): void {
  const zero = f32x4.splat(0);
  const lower = from + down;
  let c: usize = 0;
  for (; c + 16 <= pixel; c += 16) {
    let sum = f32x4.add(f32x4.add(zero, v128.load(from + c)), v128.load(from + pixel + c));
    sum = f32x4.add(f32x4.add(sum, v128.load(lower + c)), v128.load(lower + pixel + c));
    v128.store(target + c, f32x4.mul(sum, f32x4.splat(0.25)));
  }
  for (; c < pixel; c += 4) {
    let sum: f32 = <f32>0 + load<f32>(from + c) + load<f32>(from + pixel + c);
    sum = sum + load<f32>(lower + c) + load<f32>(lower + pixel + c);
    store<f32>(target + c, <f32>0.25 * sum);
  }
}

/** gradInput [H,W,C] = 0.25 * gradOut [H/2,W/2,C]; a task is `chunk` rows of the input. */
export function averagePoolGradient(
  tasks: u32,
  gradInput: usize,
  gradOut: usize,
  height: u32,
  width: u32,
  channels: u32,
  chunk: u32,
): void {
  const pixel = <usize>channels * 4;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(height, (task + 1) * chunk);
    for (let y = task * chunk; y < end; y++) {
      let target = gradInput + <usize>(y * width) * pixel;
      const row = gradOut + <usize>((y / 2) * (width / 2)) * pixel;
      for (let x: u32 = 0; x < width; x++, target += pixel) {
        const from = row + <usize>(x / 2) * pixel;
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          v128.store(target + c, f32x4.mul(v128.load(from + c), f32x4.splat(0.25)));
        }
        for (; c < pixel; c += 4) store<f32>(target + c, <f32>0.25 * load<f32>(from + c));
      }
    }
  }
}
