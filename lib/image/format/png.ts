/**
 * PNG by pngjs, which checks the checksums and unpacks everything to RGBA of 8 bits (16-bit levels are rounded to
 * level * 255 / 65535). It believes any size, calls a cut file by a misleading name and refuses bytes after the end, so
 * sizes and end are looked up here first.
 */

import { PNG } from 'pngjs';
import type { Image } from '../image.js';
import { channelsOf, checkSize, type Format, imageFromRgba } from './format.js';

/** What pngjs adds to its result and its types leave out. */
interface Header {
  readonly color: boolean;
  readonly palette: boolean;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WIDTH_OFFSET = 16;
const HEIGHT_OFFSET = 20;
/** Bytes of a chunk besides its data: length, type, checksum. */
const CHUNK_FRAME = 12;

export const png: Format = {
  name: 'PNG',
  magic: [SIGNATURE],
  decode(bytes): Image[] {
    const file = upToEnd(Buffer.from(bytes));
    checkSize(file.readUInt32BE(WIDTH_OFFSET), file.readUInt32BE(HEIGHT_OFFSET));
    const { data, height, width, color, palette } = read(file);
    const channels = palette ? channelsOf(data) : color ? 3 : 1;
    return [imageFromRgba(data, height, width, channels)];
  },
};

/** The file up to the end of its last chunk. */
function upToEnd(file: Buffer): Buffer {
  let at = SIGNATURE.length;
  while (at + CHUNK_FRAME <= file.length) {
    const end = at + CHUNK_FRAME + file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IEND') return file.subarray(0, end);
    at = end;
  }
  throw new Error('it ends too early');
}

/** pngjs stops at a damaged chunk, and then complains about what it has not read. */
function read(file: Buffer): PNG & Header {
  try {
    return PNG.sync.read(file) as PNG & Header;
  } catch (error) {
    const misleading = /content at end of stream|read requests/.test((error as Error).message);
    throw misleading ? new Error('one of its chunks is damaged') : error;
  }
}
