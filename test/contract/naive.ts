/**
 * The kernels' definitions as plain nested loops: float32 with one rounding for each product and each sum, terms in
 * the order of lib/kernel/contract.ts and of the comments beside the gradients. Nothing is skipped, padding is
 * multiplied out as zeros, so these are slow; -0 is stored as +0. Independent of lib/kernel.
 */

import type { ConvDims, ConvTransposeDims, PoolDims } from '../../lib/kernel/contract.js';

const { fround } = Math;

/** Reads an image [H,W,C] that is surrounded by zeros; positions between pixels are zero too. */
function reader(data: Float32Array, height: number, width: number, channels: number) {
  return (y: number, x: number, c: number): number => {
    const inside = y >= 0 && y < height && x >= 0 && x < width && Number.isInteger(y) && Number.isInteger(x);
    return inside ? data[(y * width + x) * channels + c] : 0;
  };
}

/** Fills an array of shape [a,b,c,..] from a function of its indices. */
function fill(shape: readonly number[], value: (...indices: number[]) => number): Float32Array {
  const out = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
  for (let i = 0; i < out.length; i++) {
    const indices: number[] = [];
    let rest = i;
    for (const extent of shape.toReversed()) {
      indices.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    out[i] = value(...indices) + 0; // -0 + 0 is +0
  }
  return out;
}

/** ((start + t1) + t2) + .. over all [a,b,c], the last index fastest; each term is one rounded product. */
function sum(
  start: number,
  [a, b, c]: readonly [number, number, number],
  product: (i: number, j: number, k: number) => number,
): number {
  let total = start;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) total = fround(total + fround(product(i, j, k)));
    }
  }
  return total;
}

/** Packed weights [ky,kx,I,O]. */
function weightReader(weight: Float32Array, kernel: number, channelsIn: number, channelsOut: number) {
  return (ky: number, kx: number, ci: number, co: number) =>
    weight[((ky * kernel + kx) * channelsIn + ci) * channelsOut + co];
}

export function conv2d(input: Float32Array, weight: Float32Array, bias: Float32Array, dims: ConvDims) {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  const x = reader(input, height, width, channelsIn);
  const w = weightReader(weight, kernel, channelsIn, channelsOut);
  return fill([height, width, channelsOut], (oy, ox, co) =>
    sum(
      bias[co],
      [kernel, kernel, channelsIn],
      (ky, kx, ci) => x(oy + ky - pad, ox + kx - pad, ci) * w(ky, kx, ci, co),
    ),
  );
}

export function conv2dGradInput(gradOut: Float32Array, weight: Float32Array, dims: ConvDims) {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  const g = reader(gradOut, height, width, channelsOut);
  const w = weightReader(weight, kernel, channelsIn, channelsOut);
  return fill([height, width, channelsIn], (iy, ix, ci) =>
    sum(
      0,
      [kernel, kernel, channelsOut],
      (ky, kx, co) => g(iy - ky + pad, ix - kx + pad, co) * w(ky, kx, ci, co),
    ),
  );
}

export function conv2dGradWeight(gradOut: Float32Array, input: Float32Array, dims: ConvDims) {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  const x = reader(input, height, width, channelsIn);
  const g = reader(gradOut, height, width, channelsOut);
  return fill([kernel, kernel, channelsIn, channelsOut], (ky, kx, ci, co) =>
    sum(0, [height, width, 1], (oy, ox) => x(oy + ky - pad, ox + kx - pad, ci) * g(oy, ox, co)),
  );
}

/** Of either convolution: the sum over the output pixels. */
export function gradBias(gradOut: Float32Array, channelsOut: number) {
  return fill([channelsOut], (co) =>
    sum(0, [gradOut.length / channelsOut, 1, 1], (p) => gradOut[p * channelsOut + co]),
  );
}

export function convTranspose2d(
  input: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  dims: ConvTransposeDims,
) {
  const { height, width, channelsIn, channelsOut } = dims;
  const x = reader(input, height, width, channelsIn);
  const w = weightReader(weight, 3, channelsIn, channelsOut);
  return fill([2 * height, 2 * width, channelsOut], (oy, ox, co) =>
    sum(
      bias[co],
      [3, 3, channelsIn],
      (ky, kx, ci) => x((oy + 1 - ky) / 2, (ox + 1 - kx) / 2, ci) * w(ky, kx, ci, co),
    ),
  );
}

export function convTranspose2dGradInput(
  gradOut: Float32Array,
  weight: Float32Array,
  dims: ConvTransposeDims,
) {
  const { height, width, channelsIn, channelsOut } = dims;
  const g = reader(gradOut, 2 * height, 2 * width, channelsOut);
  const w = weightReader(weight, 3, channelsIn, channelsOut);
  return fill([height, width, channelsIn], (iy, ix, ci) =>
    sum(0, [3, 3, channelsOut], (ky, kx, co) => g(2 * iy - 1 + ky, 2 * ix - 1 + kx, co) * w(ky, kx, ci, co)),
  );
}

export function convTranspose2dGradWeight(
  gradOut: Float32Array,
  input: Float32Array,
  dims: ConvTransposeDims,
) {
  const { height, width, channelsIn, channelsOut } = dims;
  const x = reader(input, height, width, channelsIn);
  const g = reader(gradOut, 2 * height, 2 * width, channelsOut);
  return fill([3, 3, channelsIn, channelsOut], (ky, kx, ci, co) =>
    sum(0, [height, width, 1], (iy, ix) => x(iy, ix, ci) * g(2 * iy - 1 + ky, 2 * ix - 1 + kx, co)),
  );
}

export function avgPool2d(input: Float32Array, { height, width, channels }: PoolDims) {
  const x = reader(input, height, width, channels);
  return fill(
    [height / 2, width / 2, channels],
    (oy, ox, c) => 0.25 * sum(0, [2, 2, 1], (ky, kx) => x(2 * oy + ky, 2 * ox + kx, c)),
  );
}
