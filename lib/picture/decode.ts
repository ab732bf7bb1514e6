/**
 * Pictures from the bytes of files: PNG, TIFF, GIF and JPEG, told apart by their first bytes, never by their
 * names. The result is the raster as stored, or the 8-bit picture that raster.ts makes of it. Any failure of
 * a decoder on a damaged file (an error, a thrown string, a read beyond the end) becomes one DataError.
 */

import { DataError } from '../core/error.js';
import { type Format, type Limits, TooLarge, Unsupported } from './format/format.js';
import { gif } from './format/gif.js';
import { jpeg } from './format/jpeg.js';
import { png } from './format/png.js';
import { tiff } from './format/tiff.js';
import type { Image } from './image.js';
import { type Raster, toImage } from './raster.js';

export type { Limits } from './format/format.js';

const formats: readonly Format[] = [png, tiff, gif, jpeg];

/** The first picture (page, frame) of a file's bytes, 8 bits; errors as decodeRasters. */
export function decodeImage(bytes: Uint8Array, source: string, limits?: Limits): Image {
  return toImage(decodeRasters(bytes, source, limits)[0]);
}

/** All pictures (at least one) of a file's bytes, 8 bits; errors as decodeRasters. */
export function decodeImages(bytes: Uint8Array, source: string, limits?: Limits): Image[] {
  return decodeRasters(bytes, source, limits).map(toImage);
}

/**
 * All pictures (at least one) of a file's bytes as they are stored; a DataError
 * names the source, what was found, what was expected and what to do.
 */
export function decodeRasters(bytes: Uint8Array, source: string, limits: Limits = {}): Raster[] {
  const format = formats.find(({ magic }) => magic.some((start) => startsWith(bytes, start)));
  if (!format) {
    const names = formats.map(({ name }) => name).join(', ');
    throw new DataError(`${source}: ${describeStart(bytes)}, expected a picture (${names})`);
  }
  try {
    // plain bytes: slice() of a Buffer is not a copy, and changes to it would change the file's bytes
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rasters = format.decode(plain, limits);
    if (rasters.length === 0) throw new Error('it holds no picture');
    return rasters;
  } catch (error) {
    throw new DataError(`${source}: ${explain(error, format.name)}`);
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'));
  return `starts with the bytes ${start.join(' ')}`;
}

/** What is wrong with a file, and what to do about it. */
function explain(error: unknown, name: string): string {
  if (error instanceof TooLarge) return `${error.message}; make it smaller or allow more memory`;
  if (error instanceof Unsupported)
    return `is an unsupported ${name}: ${error.message}; save it as 8-bit PNG`;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation|array length/i.test(text))
    return 'does not fit into memory; make it smaller';
  return `is a damaged ${name}: ${reasonOf(error, text)}; expected a whole picture`;
}

/**
 * The reason in words; for reads beyond the end and missing parts the engine's own message says nothing
 * useful.
 */
function reasonOf(error: unknown, text: string): string {
  if (error instanceof RangeError || error instanceof TypeError)
    return 'it ends too early or contradicts itself';
  return text.split('\n')[0];
}
