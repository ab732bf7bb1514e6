/**
 * What every engine is given is checked here, once, before any kernel sees it: sizes, class ids, and that
 * numbers are numbers. Kernels trust it.
 */

import { DataError, UsageError } from '../core/error.js';
import type { FloatImage } from '../core/floatImage.js';
import { checkFinite } from '../core/shape.js';
import { imageChannels, outputLayer } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import type { Network } from '../net/network.js';
import { VOID } from '../op/losses.js';
import type { Example } from './method.js';

/**
 * Refuses an image that a network cannot read: by its size (UsageError), or for what it holds (DataError).
 */
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

/**
 * Refuses an example that a network cannot learn from: labels are class ids or VOID, noise is as large as the
 * output.
 */
export function requireExample(network: Network, { image, target }: Example): void {
  requireImage(network, image);
  const { height, width } = image;
  const classes = outputLayer(network.layers).channelsOut;
  if (target instanceof Float32Array) {
    requireLength('target', target, height * width * classes, `[${height},${width},${classes}]`);
    checkFinite('target', target);
    return;
  }
  requireLength('target', target, height * width, `[${height},${width}]`);
  const bad = target.findIndex((id) => id >= classes && id !== VOID);
  if (bad < 0) return;
  const place = `row ${Math.floor(bad / width)}, column ${bad % width}`;
  throw new DataError(
    `target: class ${target[bad]} at ${place}, expected 0 to ${classes - 1}, ` +
      `or ${VOID} where a pixel does not count`,
  );
}

function requireLength(what: string, data: ArrayLike<number>, expected: number, shape: string): void {
  if (data.length === expected) return;
  throw new UsageError(`${what}: got ${data.length} values, expected ${expected} of ${shape}`);
}
