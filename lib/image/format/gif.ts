/**
 * GIF by omggif: every frame, each drawn over the ones before it. omggif answers a damaged picture with garbage and a
 * line on standard output, or not at all, so the codes of each frame are checked before it sees them.
 */

import omggif from 'omggif';
import type { Image } from '../image.js';
import { channelsOf, checkSize, type Format, imageFromRgba } from './format.js';

const TRAILER = 0x3b;

export const gif: Format = {
  name: 'GIF',
  magic: [
    [0x47, 0x49, 0x46, 0x38, 0x37, 0x61],
    [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
  ],
  decode(bytes): Image[] {
    if (bytes.at(-1) !== TRAILER) throw new Error('it ends too early');
    const reader = new omggif.GifReader(Buffer.from(bytes));
    const { width, height } = reader;
    checkSize(width, height);
    const screen = new Uint8Array(4 * width * height);
    return Array.from({ length: reader.numFrames() }, (_, index) => {
      const frame = reader.frameInfo(index);
      if (frame.palette_offset === null) throw new Error(`frame ${index} has no colours`);
      if (frame.x + frame.width > width || frame.y + frame.height > height)
        throw new Error(`frame ${index} is not inside ${width}x${height} pixels`);
      checkCodes(bytes, frame.data_offset, frame.width * frame.height);
      reader.decodeAndBlitFrameRGBA(index, screen);
      return imageFromRgba(screen, height, width, channelsOf(screen));
    });
  },
};

const MOST_CODES = 4096;
const LARGEST_CODE_SIZE = 12;

/** Follows the LZW codes of a frame without drawing it: they must be defined and make exactly `pixels` pixels. */
function checkCodes(bytes: Uint8Array, offset: number, pixels: number): void {
  const bitsPerPixel = bytes[offset];
  if (!(bitsPerPixel >= 1 && bitsPerPixel <= 8)) throw new Error(`it has ${bitsPerPixel} bits a pixel`);
  const clear = 1 << bitsPerPixel;
  const end = clear + 1;
  const lengths = new Uint32Array(MOST_CODES).fill(1, 0, clear); // how many pixels a code stands for
  const read = codeReader(bytes, offset + 1);
  let [size, next, previous, drawn] = [bitsPerPixel + 1, end + 1, -1, 0];
  for (let code = read(size); code !== end && code !== undefined; code = read(size)) {
    if (code === clear) {
      [size, next, previous] = [bitsPerPixel + 1, end + 1, -1];
      continue;
    }
    if (code > (previous < 0 ? clear : next)) throw new Error('its codes are damaged');
    drawn += code < next ? lengths[code] : lengths[previous] + 1;
    if (previous >= 0 && next < MOST_CODES) {
      lengths[next++] = lengths[previous] + 1;
      if (next === 1 << size && size < LARGEST_CODE_SIZE) size += 1;
    }
    previous = code;
  }
  if (drawn !== pixels) throw new Error(`it holds ${drawn} of ${pixels} pixels`);
}

/** Reads codes of so many bits, lowest bit first, from blocks that each start with their length; then undefined. */
function codeReader(bytes: Uint8Array, offset: number): (size: number) => number | undefined {
  let [at, left, buffer, held] = [offset, 0, 0, 0];
  return (size) => {
    while (held < size) {
      if (left === 0) left = bytes[at++];
      if (!left) return undefined; // the empty block that ends a frame
      buffer |= bytes[at++] << held;
      held += 8;
      left -= 1;
    }
    const code = buffer & ((1 << size) - 1);
    buffer >>>= size;
    held -= size;
    return code;
  };
}
