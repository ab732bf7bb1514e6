/**
 * Labels and masks are data, not pictures: their numbers are taken as the file stores them (16-bit ids,
 * indices of a palette, grey below a transparent colour), never scaled, blended or rounded, and what cannot
 * hold such numbers is refused.
 */

import { DataError } from '../core/error.js';
import type { Raster } from './raster.js';

/** A label or mask as its file stores it. */
export interface StoredLabel {
  /** The name of its file, for errors. */
  readonly source: string;
  readonly height: number;
  readonly width: number;
  /** [H,W] as stored: grey levels, or indices of a palette. */
  readonly values: Uint8Array | Uint16Array;
  /** What white is stored as: the largest level of its bits. */
  readonly white: number;
  /** Grey level of each index, 0..255, where a palette holds nothing but greys. */
  readonly greys?: Uint8Array;
}

/** The numbers of a label; DataError where the file cannot hold any. */
export function storedLabel(raster: Raster, source: string): StoredLabel {
  requireExact(raster, source);
  const { height, width, bits, colour, palette } = raster;
  const values = colour === 'rgb' ? greyOfRgb(raster, source) : firstSample(raster);
  requireMeaning(raster, values, source);
  const greys = colour === 'palette' ? greysOf(palette!) : undefined;
  return { source, height, width, values, white: 2 ** bits - 1, ...(greys && { greys }) };
}

/**
 * RGB [H,W,3] of a label that is coloured by class, as
 * stored; DataError where the file cannot hold exact colours.
 */
export function labelColours(raster: Raster, source: string): Uint8Array {
  requireExact(raster, source);
  const { height, width, samples, bits, data, colour, palette } = raster;
  const [scale, odd] = [255 / (2 ** bits - 1), (level: number) => !Number.isInteger(level)];
  return Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const [p, c] = [Math.floor(i / 3), i % 3];
    if (colour === 'palette') return palette![3 * data[p] + c];
    const level = data[p * samples + (colour === 'rgb' ? c : 0)] * scale;
    if (odd(level)) throw new DataError(`${source}: ${placeOf(p, width)} is not a colour of 8 bits`);
    return level;
  });
}

/**
 * Black and white [H,W] as 0 and 1, stored as 0 and the largest level, or as 0 and 1; DataError for any other
 * level. For a palette the colours count, not the indices.
 */
export function drawnMask({ source, width, values, white, greys }: StoredLabel): Uint8Array {
  const [levels, most] = greys ? [values.map((index) => greys[index]), 255] : [values, white];
  const one = levels.includes(most) ? most : 1;
  const bad = levels.findIndex((level) => level !== 0 && level !== one);
  if (bad < 0) return Uint8Array.from(levels, (level) => Number(level === one));
  throw new DataError(
    `${source}: ${placeOf(bad, width)} holds the grey level ${levels[bad]}, expected only 0 and ${most}, or 0 and 1 ` +
      '(smoothed edges? Save it as PNG, without smoothing)',
  );
}

/** A pixel, for errors. */
export function placeOf(pixel: number, width: number): string {
  return `row ${Math.floor(pixel / width)}, column ${pixel % width}`;
}

function requireExact({ format, lossy, orientation }: Raster, source: string): void {
  if (lossy)
    throw new DataError(
      `${source}: is a ${format}, which does not keep values as they were: save labels as PNG`,
    );
  if (orientation !== 1)
    throw new DataError(
      `${source}: a note in it (EXIF) says that it is to be turned: save it upright, as PNG`,
    );
}

function firstSample({ data, samples }: Raster): Uint8Array | Uint16Array {
  return samples === 1 ? data : data.filter((_, i) => i % samples === 0);
}

/** Many programs save grey as RGB. */
function greyOfRgb(raster: Raster, source: string): Uint8Array | Uint16Array {
  const { data, samples, width } = raster;
  for (let at = 0; at < data.length; at += samples) {
    if (data[at] === data[at + 1] && data[at] === data[at + 2]) continue;
    const colour = data.slice(at, at + 3).join(' ');
    throw new DataError(
      `${source}: is in colour, ${placeOf(at / samples, width)} is ${colour}; expected class ids as grey levels`,
    );
  }
  return firstSample(raster);
}

/** A picture of one colour whose opacity differs was drawn where no number is read. */
function requireMeaning({ data, samples, alpha }: Raster, values: ArrayLike<number>, source: string): void {
  if (alpha === undefined) return;
  const differs = (offset: number) => data.some((v, i) => i % samples === offset && v !== data[offset]);
  if (differs(alpha) && Array.prototype.every.call(values, (value) => value === values[0]))
    throw new DataError(`${source}: only its transparency differs: save the class ids as grey levels`);
}

function greysOf(palette: Uint8Array): Uint8Array | undefined {
  const greys = palette.filter((_, i) => i % 3 === 0);
  return palette.every((level, i) => level === greys[Math.floor(i / 3)]) ? greys : undefined;
}
