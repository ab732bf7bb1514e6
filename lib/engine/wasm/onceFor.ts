/**
 * What depends on sizes alone is made once for each of them: a network asks for the same few over and over.
 */

import type { ConvDims } from '../kernels/contract.js';

/** Images of more sizes than this are a rare sight; then all is made anew. */
const MOST = 1024;

/** `make`, which is called once for equal dims. */
export function onceFor<Dims extends Omit<ConvDims, 'kernel'> & Partial<ConvDims>, T>(
  make: (dims: Dims) => T,
): (dims: Dims) => T {
  const made = new Map<string, T>();
  return (dims) => {
    const { height, width, channelsIn, channelsOut, kernel } = dims;
    const key = `${height} ${width} ${channelsIn} ${channelsOut} ${kernel}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= MOST) made.clear();
    const fresh = make(dims);
    made.set(key, fresh);
    return fresh;
  };
}
