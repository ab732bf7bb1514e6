/**
 * Pictures as the bytes of PNG files: 8-bit grey or RGB, or levels of 16 bits, no dates. The
 * pixels of a file are defined; its bytes depend on the compressor that is built into Node.
 */

import { PNG } from 'pngjs';
import type { Image } from './image.js';

const GREY = 0;
const RGB = 2;

/** The bytes of a PNG file. */
export function encodePng({ height, width, channels, data }: Image): Uint8Array {
  const colorType = channels === 3 ? RGB : GREY;
  const png = new PNG({ width, height, colorType, inputColorType: colorType, inputHasAlpha: false });
  png.data = Buffer.from(data);
  return PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha: false });
}

/** The bytes of a grey PNG file of 16 bits: shares [H,W] of 0..1 as levels 0..65535. */
export function encodeShares(shares: Float32Array, height: number, width: number): Uint8Array {
  const options = { colorType: GREY, inputColorType: GREY, inputHasAlpha: false, bitDepth: 16 } as const;
  const png = new PNG({ width, height, ...options });
  const levels = Uint16Array.from(shares, (share) => Math.round(65535 * share));
  png.data = Buffer.from(levels.buffer);
  return PNG.sync.write(png, options);
}
