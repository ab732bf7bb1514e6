/**
 * The parts of a PNG file that are read: header, palette, transparency, EXIF and the compressed pixels,
 * each with its checksum checked. Chunks of other kinds are skipped where the file says that they may be.
 */

import { crc32 } from '../../core/crc32.js';
import { Unsupported } from './format.js';

export interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and opacity, 6 RGB and opacity. */
  readonly type: number;
  /** Values a pixel. */
  readonly samples: number;
  /** Which of them is the opacity. */
  readonly alpha?: number;
  readonly interlaced: boolean;
}

export interface PngParts {
  readonly header: Header;
  /** Compressed rows. */
  readonly data: Buffer;
  /** RGB of each index. */
  readonly palette?: Uint8Array;
  /** The content of tRNS, of a length that fits the type. */
  readonly transparency?: Uint8Array;
  /** The content of eXIf. */
  readonly exif?: Uint8Array;
}

/** Length, type and checksum of a chunk. */
const FRAME = 12;

/** Samples a pixel and depths of each type of picture. */
const TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** Bit of a chunk's first letter: readers that do not know it may skip it. */
const ANCILLARY = 0x20;
const READ = ['IHDR', 'PLTE', 'tRNS', 'eXIf', 'IDAT', 'IEND'];

/**
 * The parts of a file whose chunks start at `start`; Error
 * where one is missing, damaged or cut, or Unsupported.
 */
export function pngParts(bytes: Uint8Array, start: number): PngParts {
  const found = chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), start);
  if (found.keys().next().value !== 'IHDR') throw new Error('it does not start with its header');
  const header = readHeader(found.get('IHDR')![0]);
  const data = Buffer.concat(found.get('IDAT') ?? []);
  if (data.length === 0) throw new Error('it holds no pixels (no IDAT chunk)');
  const palette = found.get('PLTE')?.[0];
  // libpng ignores it, too
  const transparency = header.alpha === undefined ? found.get('tRNS')?.[0] : undefined;
  const exif = found.get('eXIf')?.[0];
  if (header.type === 3) checkPalette(palette, header.bits);
  if (transparency) checkTransparency(transparency, header.type, palette);
  return {
    header,
    data,
    ...(header.type === 3 && palette && { palette: Uint8Array.from(palette) }),
    ...(transparency && { transparency: Uint8Array.from(transparency) }),
    ...(exif && { exif }),
  };
}

/**
 * Contents of the chunks that are read, by type in the order
 * of their first occurrence, up to the end of the file.
 */
function chunksOf(file: Buffer, start: number): Map<string, Buffer[]> {
  const found = new Map<string, Buffer[]>();
  for (let at = start; at + FRAME <= file.length; ) {
    const end = at + FRAME + file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) throw new Error('one of its chunks is damaged');
    if (end > file.length) break;
    if (READ.includes(type)) {
      if (crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4))
        throw new Error(`the checksum of its ${type} chunk is wrong`);
      if (!found.has(type)) found.set(type, []);
      found.get(type)?.push(file.subarray(at + 8, end - 4));
      if (type === 'IEND') return found;
    } else if ((file[at + 4] & ANCILLARY) === 0) {
      throw new Unsupported(`it has a chunk ${type}`);
    }
    at = end;
  }
  throw new Error('it ends too early');
}

function readHeader(data: Buffer): Header {
  if (data.length !== 13) throw new Error(`its header has ${data.length} bytes`);
  const [bits, type, compression, filter, interlace] = data.subarray(8);
  const kind = TYPES[type];
  if (!kind?.depths.includes(bits)) throw new Error(`it claims ${bits} bits a sample of type ${type}`);
  if (compression !== 0 || filter !== 0 || interlace > 1) throw new Error('its header is damaged');
  return {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    bits: bits as Header['bits'],
    type,
    samples: kind.samples,
    ...(type >= 4 && { alpha: kind.samples - 1 }),
    interlaced: interlace === 1,
  };
}

function checkPalette(palette: Uint8Array | undefined, bits: number): void {
  if (!palette) throw new Error('its palette is missing');
  const entries = palette.length / 3;
  if (!Number.isInteger(entries) || entries < 1 || entries > 256)
    throw new Error(`its palette has ${palette.length} bytes for ${bits} bits a pixel`);
}

/** Two bytes a colour sample, or one a palette entry. */
function checkTransparency(data: Uint8Array, type: number, palette?: Uint8Array): void {
  const fits =
    palette && type === 3 ? data.length <= palette.length / 3 : data.length === (type === 0 ? 2 : 6);
  if (!fits) throw new Error(`its transparency has ${data.length} bytes`);
}
