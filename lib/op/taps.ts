/**
 * Convolutions of either kind: each output sums, tap by tap, weight x the input that the tap reads. The two
 * kinds differ only in which input that is. Positions between pixels and beyond the edges read zero.
 *
 * Every sum has its products in the order in which the taps, the pixels and the channels stand in these
 * loops.
 */

import { type Size, type Taps, valuesIn, type Weights } from './op.js';
import { addProducts, addScaled, repeated, sumOfRows, withoutMinusZero } from './rowSums.js';

export function isInside(position: number, extent: number): boolean {
  return Number.isInteger(position) && position >= 0 && position < extent;
}

/** Visits every pair of pixels that a tap connects: tap by tap, outputs row by row. */
export function forEachPair(
  taps: Taps,
  input: Size,
  output: Size,
  visit: (tap: number, outputPixel: number, inputPixel: number) => void,
): void {
  for (let ky = 0; ky < taps.count; ky++) {
    for (let kx = 0; kx < taps.count; kx++) {
      for (let oy = 0; oy < output.height; oy++) {
        const iy = taps.read(oy, ky);
        if (!isInside(iy, input.height)) continue;
        for (let ox = 0; ox < output.width; ox++) {
          const ix = taps.read(ox, kx);
          if (!isInside(ix, input.width)) continue;
          visit(ky * taps.count + kx, oy * output.width + ox, iy * input.width + ix);
        }
      }
    }
  }
}

/** out[o] = ((bias + p1) + p2) + .. with the products in the order (ky, kx, ci). */
export function convolve(
  taps: Taps,
  input: Float32Array,
  size: Size,
  output: Size,
  { weight, bias }: Weights,
): Float32Array {
  const [I, O] = [size.channels, output.channels];
  const out = repeated(bias, output.height * output.width);
  forEachPair(taps, size, output, (tap, o, i) => {
    for (let ci = 0; ci < I; ci++) addScaled(out, o * O, input[i * I + ci], weight, (tap * I + ci) * O, O);
  });
  return withoutMinusZero(out);
}

/**
 * `convolve`, driven by events: through each tap, each value that is not 0 adds to the one output that reads
 * it. Pixels come in another order, but through one tap no two of them add to the same output, and the
 * channels of a pixel stay in theirs: each sum has the terms of `convolve` in the same order, without those
 * that are 0, and therefore the same bits.
 */
export function convolveEvents(
  taps: Taps,
  spikes: Float32Array,
  size: Size,
  output: Size,
  { weight, bias }: Weights,
): Float32Array {
  const [I, O] = [size.channels, output.channels];
  const out = repeated(bias, output.height * output.width);
  const events = eventsOf(spikes, size);
  for (let ky = 0; ky < taps.count; ky++) {
    for (let kx = 0; kx < taps.count; kx++) {
      const tap = ky * taps.count + kx;
      for (const { y, x, ci, value } of events) {
        const [oy, ox] = [taps.reader(y, ky), taps.reader(x, kx)];
        if (!isInside(oy, output.height) || !isInside(ox, output.width)) continue;
        addScaled(out, (oy * output.width + ox) * O, value, weight, (tap * I + ci) * O, O);
      }
    }
  }
  return withoutMinusZero(out);
}

interface Event {
  readonly y: number;
  readonly x: number;
  readonly ci: number;
  /** The weighted spike. */
  readonly value: number;
}

/** The values of an image [H,W,I] that are not 0, row by row, the channels of a pixel one after the other. */
function eventsOf(image: Float32Array, { width, channels }: Size): Event[] {
  const events: Event[] = [];
  for (let i = 0; i < image.length; i++) {
    if (image[i] === 0) continue;
    const pixel = Math.floor(i / channels);
    events.push({ y: Math.floor(pixel / width), x: pixel % width, ci: i % channels, value: image[i] });
  }
  return events;
}

/** gradInput[i] = (0 + p1) + p2 + .. over everything that reads i, in the order (ky, kx, co). */
export function convolveBack(
  taps: Taps,
  gradOut: Float32Array,
  size: Size,
  output: Size,
  { weight }: Weights,
): Float32Array {
  const [I, O] = [size.channels, output.channels];
  const gradInput = new Float32Array(valuesIn(size));
  forEachPair(taps, size, output, (tap, o, i) => {
    for (let ci = 0; ci < I; ci++) {
      const sum = gradInput[i * I + ci];
      gradInput[i * I + ci] = addProducts(sum, gradOut, o * O, weight, (tap * I + ci) * O, O);
    }
  });
  return withoutMinusZero(gradInput);
}

/** gradWeight and gradBias as sums over the output pixels, row by row. */
export function correlate(
  taps: Taps,
  gradOut: Float32Array,
  input: Float32Array,
  size: Size,
  output: Size,
): Weights {
  const [I, O] = [size.channels, output.channels];
  const weight = new Float32Array(taps.count ** 2 * I * O);
  forEachPair(taps, size, output, (tap, o, i) => {
    for (let ci = 0; ci < I; ci++)
      addScaled(weight, (tap * I + ci) * O, input[i * I + ci], gradOut, o * O, O);
  });
  return { weight: withoutMinusZero(weight), bias: withoutMinusZero(sumOfRows(gradOut, O)) };
}

/** How many outputs along an axis read input position i. */
export function readersOf(taps: Taps, i: number, outputExtent: number): number {
  let count = 0;
  for (let k = 0; k < taps.count; k++) if (isInside(taps.reader(i, k), outputExtent)) count += 1;
  return count;
}
