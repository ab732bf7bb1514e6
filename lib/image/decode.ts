/**
 * Pictures from files: PNG, TIFF, GIF and JPEG, told apart by their first bytes, never by their names. What comes out
 * is 8 bits a channel, grey (1 channel) or RGB (3); 16-bit levels are scaled to 8, transparency is laid on black.
 * Whatever a decoder does with a damaged file (throw, throw a string, run off the end) becomes one DataError.
 */

import { DataError } from '../tensor/error.js';
import { readBytes } from '../tensor/files.js';
import type { Format } from './format/format.js';
import { gif } from './format/gif.js';
import { jpeg } from './format/jpeg.js';
import { png } from './format/png.js';
import { tiff } from './format/tiff.js';
import type { Image } from './image.js';

const formats: readonly Format[] = [png, tiff, gif, jpeg];

/** The first picture of a file. */
export function readImage(path: string): Image {
  return decodeImage(readBytes(path), path);
}

/** The first picture (page, frame) of a file's bytes; errors as decodeImages. */
export function decodeImage(bytes: Uint8Array, source: string): Image {
  return decodeImages(bytes, source)[0];
}

/** All pictures (at least one) of a file's bytes; a DataError names the source, what was found and expected. */
export function decodeImages(bytes: Uint8Array, source: string): Image[] {
  const format = formats.find(({ magic }) => magic.some((start) => startsWith(bytes, start)));
  if (!format) {
    const names = formats.map(({ name }) => name).join(', ');
    throw new DataError(`${source}: ${describeStart(bytes)}, expected a picture (${names})`);
  }
  const fail = (reason: string) =>
    new DataError(
      `${source}: is a damaged or unsupported ${format.name}: ${reason}; expected a whole picture`,
    );
  let images: Image[];
  try {
    images = format.decode(bytes);
  } catch (error) {
    throw fail(reasonOf(error));
  }
  if (images.length === 0) throw fail('it holds no picture');
  return images;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty';
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'));
  return `starts with the bytes ${start.join(' ')}`;
}

/** Reads beyond the end and missing parts are not described by what the engine says about them. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError || error instanceof TypeError)
    return 'it ends too early or contradicts itself';
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0];
}
