/** Sums, quotients and counts of whole tensors: gradients of a batch, sums over time steps, events. */

import type { Window } from '../core/window.js';

/** sum += part, element by element. */
export function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += part[i];
}

/** values /= divisor, element by element. */
export function divideBy(values: Float32Array, divisor: number): void {
  for (let i = 0; i < values.length; i++) values[i] /= divisor;
}

/** How many values are not 0. */
export function countNonZero(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count += 1;
  return count;
}

/** The sum of numbers of spikes [H,W,C] in a window. */
export function countWithin(
  spikes: Uint8Array,
  window: Window,
  { width, channels }: { readonly width: number; readonly channels: number },
): number {
  let total = 0;
  for (let y = window.top; y < window.bottom; y++) {
    const end = (y * width + window.right) * channels;
    for (let n = (y * width + window.left) * channels; n < end; n++) total += spikes[n];
  }
  return total;
}
