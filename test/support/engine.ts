/** Engines for tests: the door to any kernels, and what goes through it. */

import type { FloatImage } from '../../lib/core/floatImage.js';
import { newEngine } from '../../lib/engine/door.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { reference } from '../../lib/engine/reference/index.js';

export const engineOf = (kernels: Kernels) => newEngine('tested', kernels);

export const referenceEngine = newEngine('reference', reference);

/** An image [H,W,C], whatever its channels are. */
export function floatImage(data: Float32Array, height: number, width: number): FloatImage {
  return { data, height, width, channels: data.length / (height * width) };
}
