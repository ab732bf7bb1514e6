/**
 * Shapes and their letters, the same in every file:
 *   N batch, H height, W width, C channels (I in, O out), K classes, T steps.
 * Activations are [H,W,C] in memory (channels contiguous), one sample at a time.
 */

import { DataError } from './error.js';

export type Shape = readonly number[];

/** Number of elements of a tensor of this shape; the empty shape is a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Refuses data whose length does not fit its shape (DataError). */
export function checkLength(name: string, data: ArrayLike<unknown>, shape: Shape): void {
  const expected = sizeOf(shape);
  if (data.length !== expected) {
    throw new DataError(`${name}: got ${data.length} values, expected ${expected} for shape [${shape}]`);
  }
}

/** Refuses NaN and infinities (DataError): a network with one of them only computes more of them. */
export function checkFinite(name: string, data: Float32Array): void {
  const bad = firstNotFinite(data);
  if (bad >= 0) throw new DataError(`${name}: value ${bad} is ${data[bad]}, expected finite numbers only`);
}

/** The index of the first NaN or infinity; -1 if there is none. */
export function firstNotFinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}
