/**
 * The arithmetic every convolution, and each of its gradients, is made of, on rows of neighbouring channels.
 * A sum that starts from +0 or from a bias without -0 never becomes -0 (x + -x is +0), so no kernel that
 * starts with `fillRow` has to clean its results afterwards.
 */

/**
 * out[o+i] = fround(out[o+i] + fround(a * x[p+i])) for i < n; the store into float32 is the second rounding.
 * Four at a time, which is half as fast again: the elements do not touch each other.
 */
export function addScaledRow(
  out: Float32Array,
  o: number,
  a: number,
  x: Float32Array,
  p: number,
  n: number,
): void {
  const { fround } = Math;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    out[o + i] = out[o + i] + fround(a * x[p + i]);
    out[o + i + 1] = out[o + i + 1] + fround(a * x[p + i + 1]);
    out[o + i + 2] = out[o + i + 2] + fround(a * x[p + i + 2]);
    out[o + i + 3] = out[o + i + 3] + fround(a * x[p + i + 3]);
  }
  for (; i < n; i++) out[o + i] = out[o + i] + fround(a * x[p + i]);
}

/** out[o+i] = x[p+i] with -0 stored as +0. */
export function fillRow(out: Float32Array, o: number, x: Float32Array, p: number, n: number): void {
  for (let i = 0; i < n; i++) out[o + i] = x[p + i] + 0;
}

/** gradBias [O] = the sum of gradOut [pixels,O] over the pixels, in their order. */
export function sumRows(gradBias: Float32Array, gradOut: Float32Array): void {
  const channels = gradBias.length;
  gradBias.fill(0);
  for (let p = 0; p < gradOut.length; p += channels) {
    for (let co = 0; co < channels; co++) gradBias[co] = gradBias[co] + gradOut[p + co];
  }
}

/** Packed weights [taps,I,O] with their channels exchanged: [taps,O,I]. */
export function exchangeChannels(
  weight: Float32Array,
  taps: number,
  channelsIn: number,
  channelsOut: number,
): Float32Array {
  const exchanged = new Float32Array(weight.length);
  for (let tap = 0; tap < taps; tap++) {
    const start = tap * channelsIn * channelsOut;
    for (let ci = 0; ci < channelsIn; ci++) {
      for (let co = 0; co < channelsOut; co++) {
        exchanged[start + co * channelsIn + ci] = weight[start + ci * channelsOut + co];
      }
    }
  }
  return exchanged;
}
