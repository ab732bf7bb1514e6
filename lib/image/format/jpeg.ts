/**
 * JPEG by jpeg-js, baseline and progressive. A file that stops early is refused by its missing end mark: the decoder
 * would return half a picture. Coarse colour samples are repeated, not interpolated as libjpeg does it (a level apart
 * in the mean, up to 25 at borders between colours); the orientation that cameras note in EXIF is not applied.
 */

import jpegJs from 'jpeg-js';
import type { Image } from '../image.js';
import { channelsOf, type Format, imageFromRgba } from './format.js';

export const jpeg: Format = {
  name: 'JPEG',
  magic: [[0xff, 0xd8, 0xff]],
  decode(bytes): Image[] {
    checkEnd(bytes);
    const { data, height, width } = jpegJs.decode(bytes, { useTArray: true, tolerantDecoding: false });
    return [imageFromRgba(data, height, width, channelsOf(data))];
  },
};

const MARK = 0xff;
const END_OF_IMAGE = 0xd9;

/** Walks from mark to mark, over the segments (a thumbnail in one of them has an end mark of its own). */
function checkEnd(bytes: Uint8Array): void {
  let at = 2;
  while (at < bytes.length) {
    const mark = bytes[at] === MARK ? bytes[at + 1] : undefined;
    if (mark === END_OF_IMAGE) return;
    if (mark === undefined || mark === MARK) at += 1;
    else if (standsAlone(mark)) at += 2;
    else at += 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
  }
  throw new Error('it ends too early');
}

/** Marks without a segment: a literal 0xff among the codes, restarts, and a filler. */
function standsAlone(mark: number): boolean {
  return mark <= 1 || (mark >= 0xd0 && mark <= 0xd7);
}
