/**
 * The strips and tiles of a TIFF page: where each lies in the picture, and its samples, unpacked (LZW,
 * Deflate, PackBits), cut into bits and summed up where differences are stored. A strip that holds too little
 * is an error.
 */

import { checkRatio } from './format.js';
import { inflate } from './inflate.js';
import { MOST_LZW_RATIO, unpackLzw } from './lzw.js';
import { NONE, type Page } from './tiffPage.js';

export interface Segment {
  readonly index: number;
  /** Of its first pixel in the picture. */
  readonly top: number;
  readonly left: number;
  /** As stored: tiles at the borders are larger than what is seen of them. */
  readonly rows: number;
  readonly columns: number;
  /** The samples of a pixel that it holds: all of them, or one plane. */
  readonly first: number;
  readonly samples: number;
}

/** All segments of a page, in the order of the file; Error where the page has fewer. */
export function* segmentsOf(page: Page): Generator<Segment> {
  const { width, height, columns, rows, planar, tiled, samples, offsets, counts } = page;
  if (!(columns > 0 && rows > 0)) throw new Error(`it has parts of ${columns}x${rows} pixels`);
  const across = Math.ceil(width / columns);
  const parts = across * Math.ceil(height / rows) * (planar ? samples : 1);
  const found =
    page.compression === NONE && counts.length === 0
      ? offsets.length
      : Math.min(offsets.length, counts.length);
  if (found < parts) throw new Error(`it has ${found} ${tiled ? 'tiles' : 'strips'} of ${parts}`);
  for (let index = 0; index < parts; index++) {
    const place = planar ? index % (parts / samples) : index;
    const top = Math.floor(place / across) * rows;
    yield {
      index,
      top,
      left: (place % across) * columns,
      rows: tiled ? rows : Math.min(rows, height - top),
      columns,
      first: planar ? Math.floor(index / (parts / samples)) : 0,
      samples: planar ? 1 : samples,
    };
  }
}

/** The samples [rows,columns,samples] of a segment. */
export function rowsOf(
  bytes: Uint8Array,
  page: Page,
  segment: Segment,
  little: boolean,
): Uint8Array | Uint16Array {
  const perRow = segment.columns * segment.samples;
  const expected = segment.rows * Math.ceil((perRow * page.bits) / 8);
  const offset = page.offsets[segment.index];
  const count = page.counts[segment.index] ?? expected;
  if (offset + count > bytes.length) throw new Error('it ends too early');
  const stored = bytes.subarray(offset, offset + count);
  const unpacked = unpack(page.reversed ? stored.map(reverse) : stored, page.compression, expected);
  if (unpacked.length < expected)
    throw new Error(`part ${segment.index} holds ${unpacked.length} of ${expected} bytes`);
  const samples = samplesOf(unpacked, { perRow, rows: segment.rows, bits: page.bits, little });
  if (page.differences) sumUp(samples, perRow, segment.samples);
  return samples;
}

const TIFF_LZW = { literalBits: 8, lowestFirst: false, early: true } as const;
const MOST_PACKBITS_RATIO = 64;

/** The first `expected` bytes, or fewer where there are fewer. */
function unpack(stored: Uint8Array, compression: number, expected: number): Uint8Array {
  switch (compression) {
    case NONE:
      return stored.subarray(0, expected);
    case 5:
      checkRatio(expected, stored.length, MOST_LZW_RATIO);
      return unpackLzw(stored, TIFF_LZW, expected);
    case 32773:
      checkRatio(expected, stored.length, MOST_PACKBITS_RATIO);
      return unpackBits(stored, expected);
    default:
      return inflate(stored, expected);
  }
}

/** PackBits: n < 128: the n + 1 bytes that follow; n > 128: the byte that follows 257 - n times. */
function unpackBits(stored: Uint8Array, expected: number): Uint8Array {
  const out = new Uint8Array(expected);
  let filled = 0;
  for (let at = 0; at < stored.length && filled < expected; ) {
    const n = stored[at++];
    if (n === 128) continue;
    const literal = n < 128;
    const length = Math.min(literal ? n + 1 : 257 - n, expected - filled);
    if (at + (literal ? length : 1) > stored.length) break;
    if (literal) out.set(stored.subarray(at, at + length), filled);
    else out.fill(stored[at], filled, filled + length);
    at += literal ? length : 1;
    filled += length;
  }
  return out.subarray(0, filled);
}

interface Packing {
  readonly perRow: number;
  readonly rows: number;
  readonly bits: number;
  readonly little: boolean;
}

/** One value a sample; rows start at whole bytes, the first sample in a byte is the highest. */
function samplesOf(bytes: Uint8Array, { perRow, rows, bits, little }: Packing): Uint8Array | Uint16Array {
  if (bits === 8) return bytes.slice();
  if (bits === 16) {
    const words = new Uint16Array(rows * perRow);
    const [low, high] = little ? [0, 1] : [1, 0];
    for (let i = 0; i < words.length; i++) words[i] = bytes[2 * i + low] | (bytes[2 * i + high] << 8);
    return words;
  }
  const samples = new Uint8Array(rows * perRow);
  const bytesPerRow = Math.ceil((perRow * bits) / 8);
  const mask = 2 ** bits - 1;
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < perRow; x++) {
      const bit = x * bits;
      samples[to++] = (bytes[y * bytesPerRow + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return samples;
}

/**
 * Turns differences between neighbours in a row into values,
 * in place and modulo the size of the array's numbers.
 */
function sumUp(samples: Uint8Array | Uint16Array, perRow: number, step: number): void {
  for (let start = 0; start < samples.length; start += perRow) {
    for (let x = step; x < perRow; x++) samples[start + x] += samples[start + x - step];
  }
}

function reverse(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) reversed |= 0x80 >> bit;
  return reversed;
}
