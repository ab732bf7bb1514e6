/**
 * From a JPEG's coefficients to the levels of a component at the size of the picture: the inverse cosine
 * transform of Loeffler, Ligtenberg and Moschytz (1989) in 13-bit fixed point, and the triangle filter that
 * brings coarse components to full size. Both round as libjpeg does, so that pictures have the levels that
 * Pillow, OpenCV and PyTorch see.
 */

import { Unsupported } from './format.js';
import { type Grid, ZIGZAG } from './jpegScan.js';

/** Levels [height,width] of a component. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Levels from one row to the next. */
  readonly stride: number;
  readonly levels: Uint8Array;
}

const BITS = 13;
/** Bits that the columns leave to the rows. */
const SPARE = 2;
const fixed = (x: number) => Math.round(x * 2 ** BITS);

// cosines of the 8-point transform and their sums, named as in the paper's successors: by their value
const [C0298, C0390, C0541, C0765] = [0.298631336, 0.390180644, 0.5411961, 0.765366865].map(fixed);
const [C0899, C1175, C1501, C1847] = [0.899976223, 1.175875602, 1.50132111, 1.847759065].map(fixed);
const [C1961, C2053, C2562, C3072] = [1.96157056, 2.053119869, 2.562915447, 3.072711026].map(fixed);

/** The levels of a component: coefficients [rows,columns,8,8] times quantisation (zigzag), transformed. */
export function planeOf(coefficients: Int16Array, quantisation: Uint16Array | undefined, grid: Grid): Plane {
  if (!quantisation) throw new Error('a quantisation table is missing');
  const stride = 8 * grid.columns;
  const levels = new Uint8Array(8 * grid.rows * stride);
  const factors = new Int32Array(64);
  for (let k = 0; k < 64; k++) factors[ZIGZAG[k]] = quantisation[k];
  const block = new Int32Array(64);
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const from = 64 * (row * grid.storedColumns + column);
      for (let i = 0; i < 64; i++) block[i] = Math.imul(coefficients[from + i], factors[i]);
      for (let i = 0; i < 8; i++) transform(block, i, 8, BITS - SPARE);
      for (let i = 0; i < 8; i++) transform(block, 8 * i, 1, BITS + SPARE + 3);
      const to = 8 * (row * stride + column);
      for (let i = 0; i < 64; i++) levels[to + (i >> 3) * stride + (i & 7)] = clamp(block[i] + 128);
    }
  }
  return { width: grid.width, height: grid.height, stride, levels };
}

export function clamp(level: number): number {
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/** The inverse cosine transform of 8 values that lie `step` apart, in place, shifted right and rounded. */
function transform(data: Int32Array, at: number, step: number, shift: number): void {
  const half = 1 << (shift - 1);
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const even = Math.imul(data[i2] + data[i6], C0541);
  const e2 = even - Math.imul(data[i6], C1847);
  const e3 = even + Math.imul(data[i2], C0765);
  const e0 = (data[at] + data[i4]) << BITS;
  const e1 = (data[at] - data[i4]) << BITS;
  const [a, b, c, d] = [data[i7], data[i5], data[i3], data[i1]];
  const all = Math.imul(a + c + b + d, C1175);
  const ac = all - Math.imul(a + c, C1961);
  const bd = all - Math.imul(b + d, C0390);
  const ad = -Math.imul(a + d, C0899);
  const bc = -Math.imul(b + c, C2562);
  const o0 = Math.imul(a, C0298) + ad + ac;
  const o1 = Math.imul(b, C2053) + bc + bd;
  const o2 = Math.imul(c, C3072) + bc + ac;
  const o3 = Math.imul(d, C1501) + ad + bd;
  data[at] = (e0 + e3 + o3 + half) >> shift;
  data[i7] = (e0 + e3 - o3 + half) >> shift;
  data[i1] = (e1 + e2 + o2 + half) >> shift;
  data[i6] = (e1 + e2 - o2 + half) >> shift;
  data[i2] = (e1 - e2 + o1 + half) >> shift;
  data[i5] = (e1 - e2 - o1 + half) >> shift;
  data[i3] = (e0 - e3 + o0 + half) >> shift;
  data[i4] = (e0 - e3 - o0 + half) >> shift;
}

/** Writes row y of a component, `across` times as wide and `down` times as high as it is stored, to `out`. */
export function enlargedRow(plane: Plane, y: number, across: number, down: number, out: Uint8Array): void {
  if (!Number.isInteger(across) || !Number.isInteger(down))
    throw new Unsupported('its colours have odd sizes');
  const own = Math.floor(y / down);
  const row = (at: number) => {
    const start = Math.max(0, Math.min(plane.height - 1, at)) * plane.stride;
    return plane.levels.subarray(start, start + plane.width);
  };
  // libjpeg repeats levels where there are not two neighbours, and where a factor is not 2
  const smoothAcross = across === 2 && plane.width > 2;
  if (smoothAcross && down === 2) between(row(own), row(own + (y % 2 ? 1 : -1)), out);
  else if (smoothAcross && down === 1) stretch(row(own), out);
  else if (across === 1 && down === 2) blend(row(own), row(own + (y % 2 ? 1 : -1)), y % 2, out);
  else
    for (let x = 0; x < out.length; x++) out[x] = plane.levels[own * plane.stride + Math.floor(x / across)];
}

/** Twice as wide: three parts of the nearer level, one of the other; rounded up and down in turn. */
function stretch(row: Uint8Array, out: Uint8Array): void {
  const last = row.length - 1;
  for (let x = 0; x < out.length; x++) {
    const i = x >> 1;
    const right = x & 1;
    const other = right ? row[Math.min(i + 1, last)] : row[Math.max(i - 1, 0)];
    out[x] = (3 * row[i] + other + 1 + right) >> 2;
  }
}

/** Twice as high. */
function blend(row: Uint8Array, other: Uint8Array, below: number, out: Uint8Array): void {
  for (let x = 0; x < out.length; x++) out[x] = (3 * row[x] + other[x] + 1 + below) >> 2;
}

/** Twice as wide and high. */
function between(row: Uint8Array, other: Uint8Array, out: Uint8Array): void {
  const last = row.length - 1;
  for (let x = 0; x < out.length; x++) {
    const i = x >> 1;
    const right = x & 1;
    const j = right ? Math.min(i + 1, last) : Math.max(i - 1, 0);
    out[x] = (3 * (3 * row[i] + other[i]) + 3 * row[j] + other[j] + 8 - right) >> 4;
  }
}
