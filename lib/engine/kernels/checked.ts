/**
 * Checks the image of a run once, before any kernel reads it: its size, and that its values are finite.
 * Kernels do not check again.
 */

import { UsageError } from '../../core/error.js';
import type { FloatImage } from '../../core/floatImage.js';
import { checkFinite } from '../../core/shape.js';
import { imageChannels } from '../../net/architecture.js';
import { multipleOf } from '../../net/graph.js';
import type { Network } from '../../net/network.js';

/** Refuses an image that a network cannot read, for its size (UsageError) or its values (DataError). */
export function requireImage({ layers }: Network, { data, height, width, channels }: FloatImage): void {
  const step = multipleOf(layers);
  const fits = (side: number) => Number.isInteger(side) && side > 0 && side % step === 0;
  if (!fits(height) || !fits(width)) {
    throw new UsageError(
      `image: is ${height}x${width} (height x width), expected multiples of ${step}: pad it first`,
    );
  }
  const expected = imageChannels(layers);
  if (channels !== expected)
    throw new UsageError(`image: has ${channels} channels, expected ${expected} as the network reads them`);
  requireLength('image', data, height * width * channels, `[${height},${width},${channels}]`);
  checkFinite('image', data);
}

/** Refuses an array whose length does not fit its shape (UsageError). */
export function requireLength(what: string, data: ArrayLike<number>, expected: number, shape: string): void {
  if (data.length === expected) return;
  throw new UsageError(`${what}: got ${data.length} values, expected ${expected} of ${shape}`);
}
