/**
 * How threads share one kernel call: its work is cut into tasks, and every thread takes the next one until
 * none is left. Which thread computes a task never changes a bit, because no sum is split between tasks.
 */

import { CONTROL_ADDRESS } from '../constants';

let thread: u32 = 0;

/** Tells this instance which thread it runs in, 0 .. threads - 1. */
export function setThread(index: u32): void {
  thread = index;
}

/** The number of the next task; none is left if it is not below the number of tasks. */
// @ts-ignore: decorator
@inline
export function nextTask(): u32 {
  return addShared<u32>(CONTROL_ADDRESS, 1);
}

/**
 * Adds to a counter of all threads, and returns its old value; without threads it is an ordinary addition.
 */
// @ts-ignore: decorator
@inline
export function addShared<T>(address: usize, value: T): T {
  if (ASC_FEATURE_THREADS) return atomic.add<T>(address, value);
  const before = load<T>(address);
  store<T>(address, before + value);
  return before;
}

/** This thread's part of a scratch memory that holds `size` bytes for each thread. */
// @ts-ignore: decorator
@inline
export function ownScratch(scratch: usize, size: usize): usize {
  return scratch + <usize>thread * size;
}
