/** What a trainer is given is checked here, once: class ids, and that noise is as large as the output. */

import { DataError } from '../../core/error.js';
import { checkFinite } from '../../core/shape.js';
import { outputLayer } from '../../net/architecture.js';
import type { Network } from '../../net/network.js';
import { VOID } from '../../op/losses.js';
import { requireImage, requireLength } from '../kernels/checked.js';
import type { Example } from './method.js';

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
