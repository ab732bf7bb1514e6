/**
 * PNG by pngjs, which checks the checksums and unpacks everything to RGBA of 8 bits (16-bit levels are rounded to
 * level * 255 / 65535). Its sizes are read first, here, because it believes any header.
 */

import { PNG } from 'pngjs';
import type { Image } from '../image.js';
import { channelsOf, checkSize, type Format, imageFromRgba } from './format.js';

/** What pngjs adds to its result and its types leave out. */
interface Header {
  readonly color: boolean;
  readonly palette: boolean;
}

const WIDTH_OFFSET = 16;
const HEIGHT_OFFSET = 20;

export const png: Format = {
  name: 'PNG',
  magic: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  decode(bytes): Image[] {
    const file = Buffer.from(bytes);
    checkSize(file.readUInt32BE(WIDTH_OFFSET), file.readUInt32BE(HEIGHT_OFFSET));
    const { data, height, width, color, palette } = PNG.sync.read(file) as PNG & Header;
    const channels = palette ? channelsOf(data) : color ? 3 : 1;
    return [imageFromRgba(data, height, width, channels)];
  },
};
