/**
 * Deflate (zlib) of PNG and TIFF with a limit: a few bytes must not unfold to more than the header announces.
 */

import { inflateSync } from 'node:zlib';
import { checkRatio } from './format.js';

/** Deflate cannot do better: 258 bytes for a code of 2 bits. */
const MOST_RATIO = 1032;
/** Bytes that are too many do no harm, if they are few; libpng and libtiff read over them, too. */
const MOST_LEFT_OVER = 2 ** 16;
const STEP = 2 ** 20;
const SMALLEST_STEP = 64;

/**
 * The first `expected` bytes that the data unfolds to, or
 * fewer where it holds fewer; Error where it is damaged.
 */
export function inflate(data: Uint8Array, expected: number): Uint8Array {
  checkRatio(expected, data.length, MOST_RATIO);
  const unfolded = inflateSync(data, {
    maxOutputLength: expected + MOST_LEFT_OVER,
    chunkSize: Math.min(Math.max(expected, SMALLEST_STEP), STEP),
  });
  return new Uint8Array(unfolded.buffer, unfolded.byteOffset, Math.min(unfolded.length, expected));
}
