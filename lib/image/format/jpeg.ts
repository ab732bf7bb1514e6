/**
 * JPEG by jpeg-js, baseline and progressive. Coarse colour samples are repeated, not interpolated as libjpeg does it (a
 * level apart in the mean, up to 25 at borders between colours). It believes any size and guesses colours, so both are
 * settled here: what three components mean as libjpeg does, four with Adobe's mark (CMYK, YCCK) as Pillow.
 */

import jpegJs from 'jpeg-js';
import type { Raster } from '../raster.js';
import { claim, type Format, fromRgba, Unsupported } from './format.js';
import { type JpegParts, jpegParts } from './jpegParts.js';
import { orientationOf } from './tags.js';

/** What jpeg-js takes for a block: 64 coefficients of 4 bytes, and an object around them (measured). */
const BYTES_A_BLOCK = 456;
/** It counts its memory itself; the limit is checked before it starts. */
const NO_LIMIT = 2 ** 20;

export const jpeg: Format = {
  name: 'JPEG',
  magic: [[0xff, 0xd8, 0xff]],
  decode(bytes, limits): Raster[] {
    const parts = jpegParts(bytes);
    const { height, width, components, blocks } = parts;
    const samples = components.length; // planes, colours, RGBA, and the raster
    claim(parts, (BYTES_A_BLOCK * blocks) / (width * height) + 2 * samples + 4 + 3, limits);
    if (samples === 4 && parts.adobe === undefined)
      throw new Unsupported('it has four colours of unknown kind');
    const { data } = jpegJs.decode(parts.file, {
      useTArray: true,
      // blocks beyond the last row are left out: its last restart interval may be shorter than the others
      tolerantDecoding: true,
      ...(samples === 3 && { colorTransform: !isRgb(parts) }),
      maxMemoryUsageInMB: NO_LIMIT,
      maxResolutionInMP: NO_LIMIT,
    });
    const raster = { format: 'JPEG', height, width, bits: 8, lossy: true } as const;
    return [{ ...raster, orientation: orientationOf(parts.exif), ...fromRgba(data, true) }];
  },
};

/** Whether three components are RGB: Adobe's mark says so, or their names do; JFIF's mark says YCbCr. */
function isRgb({ jfif, adobe, components }: JpegParts): boolean {
  if (jfif) return false;
  if (adobe !== undefined) return adobe === 0;
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
}
