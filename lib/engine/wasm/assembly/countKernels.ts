/** Counts of values that are not 0, and of spikes; whole numbers, so their order is free. */

import { addShared, nextTask } from './tasks';

/** Adds to `total` (u64) how many values are not 0. */
export function countNonZero(tasks: u32, total: usize, values: usize, count: u32, chunk: u32): void {
  const zero = f32x4.splat(0);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(count, (task + 1) * chunk);
    let i = task * chunk;
    let lanes = i32x4.splat(0);
    for (; i + 4 <= end; i += 4) {
      lanes = i32x4.sub(lanes, f32x4.ne(v128.load(values + (<usize>i << 2)), zero));
    }
    let found = i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1);
    found += i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
    for (; i < end; i++) found += load<f32>(values + (<usize>i << 2)) != 0 ? 1 : 0;
    addShared<u64>(total, found);
  }
}

/**
 * Adds to `total` (u64) the bytes u8 [H,W] from `left` to `right` in the rows from `top` to `bottom`; a task
 * is `chunk` rows.
 */
export function countWithin(
  tasks: u32,
  total: usize,
  bytes: usize,
  width: u32,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  chunk: u32,
): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const end = min(bottom, top + (task + 1) * chunk);
    let found: u64 = 0;
    for (let y = top + task * chunk; y < end; y++) {
      const row = bytes + <usize>y * width;
      found += sumOfBytes(row + left, row + right);
    }
    addShared<u64>(total, found);
  }
}

// @ts-ignore: decorator
@inline
function sumOfBytes(from: usize, end: usize): u32 {
  let lanes = i32x4.splat(0);
  for (; from + 16 <= end; from += 16) {
    const pairs = i16x8.extadd_pairwise_i8x16_u(v128.load(from));
    lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  let sum = i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1);
  sum += i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
  for (; from < end; from++) sum += load<u8>(from);
  return sum;
}
