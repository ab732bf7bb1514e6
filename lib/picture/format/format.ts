/**
 * What a picture format is to decode.ts, and what every decoder promises: its result depends on the bytes
 * alone, every pixel comes from them (or the file is refused), and nothing is allocated before the header's
 * size has been accepted. A decoder throws an Error that holds the reason alone; decode.ts adds the file, the
 * format and what to do.
 */

import type { Raster } from '../raster.js';

export interface Format {
  readonly name: string;
  /** The first bytes of its files. */
  readonly magic: readonly (readonly number[])[];
  /** Every picture in the file; Error where it is damaged, Unsupported, or TooLarge. */
  decode(bytes: Uint8Array, limits: Limits): Raster[];
}

export interface Limits {
  /** How many bytes decoding may take at its peak, the file itself not counted; none: whatever there is. */
  readonly mostBytes?: number;
}

/** A file that is whole but of a kind that is not read; the message says which. */
export class Unsupported extends Error {}

/** A picture that would take more memory than allowed. */
export class TooLarge extends Error {}

/** No picture has more pixels: a damaged header must not ask for all memory. */
const MOST_PIXELS = 2 ** 27;

const MIB = 2 ** 20;

/** Bytes a pixel of the 8-bit picture that is made of a raster. */
const PICTURE = 3;

/**
 * Accepts pictures of a size, before anything is allocated. `bytesAPixel` is what decoding takes at its peak;
 * the file holds `pictures` of them. Error where only a damaged header has such a size, TooLarge
 * beyond the limit.
 */
export function claim(
  { width, height, pictures = 1 }: { width: number; height: number; pictures?: number },
  bytesAPixel: number,
  { mostBytes = Number.POSITIVE_INFINITY }: Limits,
): void {
  const pixels = width * height;
  if (!(pixels > 0 && pixels <= MOST_PIXELS)) throw new Error(`it claims ${width}x${height} pixels`);
  const bytes = pixels * pictures * (bytesAPixel + PICTURE);
  if (bytes <= mostBytes) return;
  const many = pictures > 1 ? `${pictures} times ` : '';
  throw new TooLarge(
    `has ${many}${width}x${height} pixels, which take ${Math.ceil(bytes / MIB)} MiB to decode, ` +
      `more than the ${Math.floor(mostBytes / MIB)} MiB that are allowed`,
  );
}

/**
 * Refuses a picture that its data cannot fill, however well compressed: a file of a few bytes must
 * not reserve the memory of millions of pixels. `mostRatio`: the best that the compression can do.
 */
export function checkRatio(expected: number, stored: number, mostRatio: number): void {
  if (expected > stored * mostRatio)
    throw new Error(`its ${stored} bytes of data cannot hold the pixels that it claims`);
}

/** Refuses indices that have no colour. */
export function checkIndices(data: ArrayLike<number>, entries: number): void {
  for (let p = 0; p < data.length; p++)
    if (data[p] >= entries) throw new Error(`a pixel has colour ${data[p]} of a palette of ${entries}`);
}

/** RGB or RGBA [H,W,S] as it is, or as grey (and opacity) where every pixel has R = G = B. */
export function fromColours(
  data: Uint8Array,
  samples: 3 | 4,
): Pick<Raster, 'samples' | 'data' | 'colour' | 'alpha'> {
  const alpha = samples === 4;
  for (let i = 0; i < data.length; i += samples) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2])
      return { samples, data, colour: 'rgb', ...(alpha && { alpha: 3 }) };
  }
  const kept = alpha ? 2 : 1;
  const grey = new Uint8Array((data.length / samples) * kept);
  for (let from = 0, to = 0; from < data.length; from += samples, to += kept) {
    grey[to] = data[from];
    if (alpha) grey[to + 1] = data[from + 3];
  }
  return { samples: kept, data: grey, colour: 'grey', ...(alpha && { alpha: 1 }) };
}
