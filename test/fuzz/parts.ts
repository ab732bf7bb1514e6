/**
 * How pictures come apart: PNG chunks with fresh checksums,
 * JPEG segments, GIF blocks, the entries of TIFF tags.
 */

import { crc32, deflateSync, inflateSync } from 'node:zlib';
import type { Parts } from './mutate.js';

const PNG_START = 8;

/** What a chunk of unpacked rows is called while the file is apart. */
export const ROWS = 'ROWS';

const nameOf = (chunk: Uint8Array) => Buffer.from(chunk.subarray(0, 4)).toString('latin1');
const named = (name: string, content: Uint8Array) => Buffer.concat([Buffer.from(name, 'latin1'), content]);

/**
 * Type and content of each chunk; pixels are one chunk and
 * unpacked where they can be, so that rows can be damaged.
 */
export const pngChunks: Parts = {
  split(input) {
    const file = Buffer.from(input);
    const chunks: Uint8Array[] = [];
    for (let at = PNG_START; at + 12 <= file.length; at += 12 + file.readUInt32BE(at))
      chunks.push(file.subarray(at + 4, at + 8 + file.readUInt32BE(at)));
    const pixels = chunks.filter((chunk) => nameOf(chunk) === 'IDAT').map((chunk) => chunk.subarray(4));
    const first = chunks.findIndex((chunk) => nameOf(chunk) === 'IDAT');
    const rows = unfolded(Buffer.concat(pixels));
    const parts = rows
      ? chunks.with(first, named(ROWS, rows)).filter((chunk) => nameOf(chunk) !== 'IDAT')
      : chunks;
    return parts.length > 0 ? parts : [input];
  },
  join(chunks) {
    const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    const folded = (chunk: Uint8Array) =>
      nameOf(chunk) === ROWS ? named('IDAT', deflateSync(chunk.subarray(4), { level: 1 })) : chunk;
    return Buffer.concat([start, ...chunks.map(folded).flatMap(framed)]);
  },
};

function unfolded(data: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(data, { maxOutputLength: 2 ** 20 });
  } catch {
    return undefined; // damaged before
  }
}

function framed(chunk: Uint8Array): Uint8Array[] {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(Math.max(chunk.length - 4, 0));
  sum.writeUInt32BE(crc32(chunk));
  return [length, chunk, sum];
}

const MARK = 0xff;

/**
 * Mark and content of each segment, without its length; what follows a scan's header is a part of its own.
 */
export const jpegSegments: Parts = {
  split(input) {
    const parts: Uint8Array[] = [];
    let at = 2;
    while (at + 4 <= input.length && input[at] === MARK && input[at + 1] !== 0xd9) {
      const end = at + 2 + ((input[at + 2] << 8) | input[at + 3]);
      parts.push(Buffer.concat([input.subarray(at, at + 2), input.subarray(at + 4, end)]));
      if (input[at + 1] === 0xda) {
        let next = end;
        while (
          next < input.length &&
          !(input[next] === MARK && input[next + 1] >= 0xc0 && (input[next + 1] & 0xf8) !== 0xd0)
        )
          next += 1;
        parts.push(Buffer.concat([Uint8Array.of(0, 0), input.subarray(end, next)]));
        at = next;
      } else at = Math.max(end, at + 2);
    }
    return parts.length > 0 ? parts : [input];
  },
  join(parts) {
    const pieces = parts.flatMap((part) => {
      if (part[0] !== MARK) return [part.subarray(2)];
      const length = part.length;
      return [part.subarray(0, 2), Uint8Array.of((length >> 8) & 255, length & 255), part.subarray(2)];
    });
    return Buffer.concat([Uint8Array.of(MARK, 0xd8), ...pieces, Uint8Array.of(MARK, 0xd9)]);
  },
};

const GIF_SCREEN = 13;

/** Header with its palette, then each extension and each frame with its blocks. */
export const gifBlocks: Parts = {
  split(input) {
    const palette = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
    const parts: Uint8Array[] = [];
    let start = GIF_SCREEN + palette(input[10] ?? 0);
    parts.push(input.subarray(0, start));
    while (input[start] === 0x21 || input[start] === 0x2c) {
      let at = input[start] === 0x21 ? start + 2 : start + 11 + palette(input[start + 9]);
      while (at < input.length && input[at] > 0) at += 1 + input[at];
      parts.push(input.subarray(start, at + 1));
      start = at + 1;
    }
    return [...parts, input.subarray(start)];
  },
  join: (parts) => Buffer.concat(parts),
};

/** What lies before the first directory, each of its entries of 12 bytes, and what lies after it. */
export const tiffEntries: Parts = {
  split(input) {
    const file = Buffer.from(input);
    if (file.length < 8) return [input];
    const little = file[0] === 0x49;
    const short = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
    const start = little ? file.readUInt32LE(4) : file.readUInt32BE(4);
    if (start + 2 > file.length) return [input];
    const end = Math.min(start + 2 + 12 * short(start), file.length);
    const parts: Uint8Array[] = [file.subarray(0, start + 2)];
    for (let at = start + 2; at < end; at += 12) parts.push(file.subarray(at, Math.min(at + 12, end)));
    return [...parts, file.subarray(end)];
  },
  join: (parts) => Buffer.concat(parts),
};
