/**
 * Bilinear resizing of images [H,W,C] from any size to any other, and its gradient. The corners of both
 * images coincide (PyTorch's `align_corners=True`): along an axis output o of n lies at o (m - 1) / (n - 1)
 * of m inputs.
 *
 * First along x, t = w0 a + w1 b, then along y, out = w0 t0 + w1 t1. Arithmetic is float32, each product and
 * each sum rounded. Weights are fractions of whole numbers, rounded once.
 */

import { type Size, valuesIn } from './op.js';
import { addScaled } from './rowSums.js';

const { fround } = Math;

/** An input position that an output reads, and how much of it. */
interface Share {
  readonly position: number;
  /** Above 0, up to 1. */
  readonly weight: number;
}

/** What output position o of n reads along an axis of m inputs: two neighbours, or one that it lies on. */
export function sharesOf(o: number, n: number, m: number): readonly Share[] {
  const steps = Math.max(1, n - 1);
  const [whole, rest] = [Math.floor((o * (m - 1)) / steps), (o * (m - 1)) % steps];
  if (rest === 0) return [{ position: whole, weight: 1 }];
  return [
    { position: whole, weight: fround((steps - rest) / steps) },
    { position: whole + 1, weight: fround(rest / steps) },
  ];
}

/** Rows of `length` values: output o of n is the sum of its shares of m rows, for each of `count` images. */
function alongAxis(
  input: Float32Array,
  [m, n]: readonly [m: number, n: number],
  { count, length }: { readonly count: number; readonly length: number },
  direction: 'forward' | 'back',
): Float32Array {
  const [from, to] = direction === 'forward' ? [m, n] : [n, m];
  const out = new Float32Array(count * to * length);
  for (let o = 0; o < n; o++) {
    for (const { position, weight } of sharesOf(o, n, m)) {
      const [read, written] = direction === 'forward' ? [position, o] : [o, position];
      for (let k = 0; k < count; k++)
        addScaled(out, (k * to + written) * length, weight, input, (k * from + read) * length, length);
    }
  }
  return out;
}

/** The image [h,w,C] of `output` height and width from one [H,W,C]. */
export function resize(input: Float32Array, size: Size, output: Size): Float32Array {
  const { height, width, channels } = size;
  const rows = alongAxis(input, [width, output.width], { count: height, length: channels }, 'forward');
  const length = output.width * channels;
  return alongAxis(rows, [height, output.height], { count: 1, length }, 'forward');
}

/**
 * The gradient [H,W,C] with respect to the input: the transposed operation, with sums in the order of the
 * outputs.
 */
export function resizeBack(gradOut: Float32Array, size: Size, output: Size): Float32Array {
  const { height, width, channels } = size;
  const length = output.width * channels;
  const rows = alongAxis(gradOut, [height, output.height], { count: 1, length }, 'back');
  return alongAxis(rows, [width, output.width], { count: height, length: channels }, 'back');
}

/** Products of a share and a value: two for each value of the resized rows, two for each of the output. */
export function resizeProducts({ height }: Size, output: Size): number {
  return 2 * valuesIn({ ...output, height }) + 2 * valuesIn(output);
}
