/**
 * Convolutions of either kind: each output sums, tap by tap, weight x the input that the tap reads. Which one that is, is
 * all that the two kinds differ in. Positions between pixels and beyond the edges read zero.
 */

import type { Size, Weights } from './op.js';

const { fround } = Math;

/** The taps of a kernel along one axis. */
export interface Taps {
  /** How many there are along an axis. */
  readonly count: number;
  /** The input position that output position o reads through tap k; a fraction is between two pixels. */
  read(o: number, k: number): number;
}

/** Every pair of an output pixel and an input pixel that a tap connects, outputs row by row. */
function forEachPair(
  taps: Taps,
  [ky, kx]: readonly [number, number],
  input: Size,
  output: Size,
  visit: (outputPixel: number, inputPixel: number) => void,
): void {
  for (let oy = 0; oy < output.height; oy++) {
    const iy = taps.read(oy, ky);
    if (!isInside(iy, input.height)) continue;
    for (let ox = 0; ox < output.width; ox++) {
      const ix = taps.read(ox, kx);
      if (isInside(ix, input.width)) visit(oy * output.width + ox, iy * input.width + ix);
    }
  }
}

function isInside(position: number, extent: number): boolean {
  return Number.isInteger(position) && position >= 0 && position < extent;
}

/** Visits the taps, row by row. */
function forEachTap(taps: Taps, visit: (ky: number, kx: number, tap: number) => void): void {
  for (let ky = 0; ky < taps.count; ky++) {
    for (let kx = 0; kx < taps.count; kx++) visit(ky, kx, ky * taps.count + kx);
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
  const out = new Float32Array(output.height * output.width * O);
  for (let p = 0; p < out.length; p++) out[p] = bias[p % O];
  forEachTap(taps, (ky, kx, tap) => {
    forEachPair(taps, [ky, kx], size, output, (o, i) => {
      for (let ci = 0; ci < I; ci++) {
        for (let co = 0; co < O; co++) {
          const product = fround(input[i * I + ci] * weight[(tap * I + ci) * O + co]);
          out[o * O + co] = fround(out[o * O + co] + product);
        }
      }
    });
  });
  return withoutMinusZero(out);
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
  const gradInput = new Float32Array(size.height * size.width * I);
  forEachTap(taps, (ky, kx, tap) => {
    forEachPair(taps, [ky, kx], size, output, (o, i) => {
      for (let ci = 0; ci < I; ci++) {
        for (let co = 0; co < O; co++) {
          const product = fround(gradOut[o * O + co] * weight[(tap * I + ci) * O + co]);
          gradInput[i * I + ci] = fround(gradInput[i * I + ci] + product);
        }
      }
    });
  });
  return withoutMinusZero(gradInput);
}

/** gradWeight and gradBias: sums over the output pixels, row by row. */
export function correlate(
  taps: Taps,
  gradOut: Float32Array,
  input: Float32Array,
  size: Size,
  output: Size,
): Weights {
  const [I, O] = [size.channels, output.channels];
  const weight = new Float32Array(taps.count ** 2 * I * O);
  forEachTap(taps, (ky, kx, tap) => {
    forEachPair(taps, [ky, kx], size, output, (o, i) => {
      for (let ci = 0; ci < I; ci++) {
        for (let co = 0; co < O; co++) {
          const product = fround(input[i * I + ci] * gradOut[o * O + co]);
          const at = (tap * I + ci) * O + co;
          weight[at] = fround(weight[at] + product);
        }
      }
    });
  });
  const bias = new Float32Array(O);
  for (let p = 0; p < gradOut.length; p++) bias[p % O] = fround(bias[p % O] + gradOut[p]);
  return { weight: withoutMinusZero(weight), bias: withoutMinusZero(bias) };
}

/** How many outputs along an axis the input position i reaches. */
export function reached(taps: Taps, i: number, outputExtent: number): number {
  let count = 0;
  for (let o = 0; o < outputExtent; o++) {
    for (let k = 0; k < taps.count; k++) if (taps.read(o, k) === i) count += 1;
  }
  return count;
}

/** -0 as +0, so that terms with a zero input may be left out. */
function withoutMinusZero(values: Float32Array): Float32Array {
  return values.map((value) => value + 0);
}
