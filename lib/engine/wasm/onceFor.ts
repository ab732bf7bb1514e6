/**
 * Values that depend only on sizes are made once for each size: a network needs the same few again and again.
 */

import type { ConvDims } from '../kernels/contract.js';

/** More sizes than this are rare; then all values are made again. */
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
