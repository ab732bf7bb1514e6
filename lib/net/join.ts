/** The inputs of a layer joined into one, and the gradient with respect to each of them. */

import { concatenate, separate } from '../op/concatenation.js';
import type { Layer } from './architecture.js';

const { fround } = Math;

/** The joined input [h,w,I] of a layer from its parts [h,w,I_k]; a single part is returned itself. */
export function joined({ join, channelsIn }: Layer, parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  if (join === 'concat') return concatenate(parts, parts[0].length / channelsIn[0]);
  const sum = parts[0].slice();
  for (const part of parts.slice(1)) for (let n = 0; n < sum.length; n++) sum[n] = fround(sum[n] + part[n]);
  return sum;
}

/** The gradients with respect to the parts, from that of the joined input; each is a new array. */
export function parted({ join, channelsIn }: Layer, gradient: Float32Array): Float32Array[] {
  if (join === 'concat') return separate(gradient, channelsIn);
  return channelsIn.map(() => gradient.slice());
}
