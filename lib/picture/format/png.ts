/**
 * PNG by pngjs. It believes any size, inflates without a limit, leaves pixels that are missing to whatever
 * was in memory, and looks palettes up; so chunks, lengths and checksums are checked here, and what it
 * decodes is a file made of the checked rows alone, in which a palette's indices are called grey.
 */

import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import type { Raster } from '../raster.js';
import { checkIndices, claim, type Format, type Limits } from './format.js';
import { inflate } from './inflate.js';
import { type Header, pngParts } from './pngParts.js';
import { orientationOf } from './tags.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const png: Format = {
  name: 'PNG',
  magic: [SIGNATURE],
  decode(bytes, limits): Raster[] {
    const { header, data, palette, transparency, exif } = pngParts(bytes, SIGNATURE.length);
    const rows = checkedRows(header, data, limits);
    const { width, height, bits } = header;
    const file = Buffer.concat([
      Buffer.from(SIGNATURE),
      chunk('IHDR', headerOf(header)),
      chunk('IDAT', deflateSync(rows, { level: 0 })),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    const rgba = PNG.sync.read(file, { checkCRC: false, skipRescale: true }).data;
    const raster = { format: 'PNG', height, width, bits, lossy: false, orientation: orientationOf(exif) };
    const samples = samplesOf(rgba, header);
    return [{ ...raster, ...samples, ...coloursOf(header, samples.data, palette, transparency) }];
  },
};

/** The rows of the picture, each after its filter's number, exactly as long as the header says. */
function checkedRows(header: Header, data: Uint8Array, limits: Limits): Uint8Array {
  const { width, height, bits, samples } = header;
  const expected = bytesOfRows(header);
  // rows are held six times over here and in pngjs, RGBA of
  // 1 or 2 bytes a value, and the raster is made of that
  const bytesOfValue = bits === 16 ? 2 : 1;
  claim(header, (6 * expected) / (width * height) + bytesOfValue * (4 + samples), limits);
  const rows = inflate(data, expected);
  if (rows.length < expected) throw new Error(`it holds ${rows.length} of ${expected} bytes of pixels`);
  return rows;
}

/**
 * First column, first row, and steps between columns and rows of the passes of an interlaced picture (Adam7).
 */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

function bytesOfRows({ width, height, bits, samples, interlaced }: Header): number {
  let bytes = 0;
  for (const [left, top, dx, dy] of interlaced ? PASSES : [[0, 0, 1, 1]]) {
    const columns = Math.ceil((width - left) / dx);
    const rows = Math.ceil((height - top) / dy);
    if (columns > 0 && rows > 0) bytes += rows * (1 + Math.ceil((columns * samples * bits) / 8));
  }
  return bytes;
}

/** A chunk without its checksum, which is not looked at again. */
function chunk(type: string, data: Uint8Array): Buffer {
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length);
  frame.write(type, 4, 'latin1');
  return Buffer.concat([frame, data, Buffer.alloc(4)]);
}

function headerOf({ width, height, bits, type, interlaced }: Header): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([bits, type === 3 ? 0 : type, 0, 0, Number(interlaced)], 8);
  return data;
}

/** The samples that a file of this type has, of pngjs' RGBA. */
function samplesOf(
  rgba: Uint8Array | Uint16Array,
  { width, height, samples, alpha, bits }: Header,
): Pick<Raster, 'samples' | 'data'> {
  const data =
    bits === 16 ? new Uint16Array(width * height * samples) : new Uint8Array(width * height * samples);
  const from = alpha === 1 ? [0, 3] : [0, 1, 2, 3];
  for (let p = 0, to = 0; p < width * height; p++)
    for (let s = 0; s < samples; s++) data[to++] = rgba[4 * p + from[s]];
  return { samples, data };
}

function coloursOf(
  { type, bits, alpha }: Header,
  data: ArrayLike<number>,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
): Pick<Raster, 'colour' | 'palette' | 'paletteAlpha' | 'alpha' | 'transparent'> {
  if (type === 3 && palette) {
    checkIndices(data, palette.length / 3);
    return { colour: 'palette', palette, ...(transparency && { paletteAlpha: transparency }) };
  }
  const colour = type === 2 || type === 6 ? 'rgb' : 'grey';
  if (alpha !== undefined) return { colour, alpha };
  if (!transparency) return { colour };
  const values = Array.from(
    { length: transparency.length / 2 },
    (_, i) =>
      // of the two bytes only as many bits count as a sample has
      ((transparency[2 * i] << 8) | transparency[2 * i + 1]) & (2 ** bits - 1),
  );
  return { colour, transparent: values };
}
