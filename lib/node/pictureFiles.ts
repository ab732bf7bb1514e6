/** Pictures in files: any that picture/decode.ts knows is read, PNG is written. */

import { decodeRasters, type Limits } from '../picture/decode.js';
import { encodePng } from '../picture/encode.js';
import type { Image } from '../picture/image.js';
import { type Raster, toImage } from '../picture/raster.js';
import { readBytes, writeFileAtomic } from './files.js';

/** The first picture of a file, 8 bits; errors as decodeRasters. */
export function readImage(path: string, limits?: Limits): Image {
  return toImage(readRaster(path, limits));
}

/** The first picture of a file as it is stored; errors as decodeRasters. */
export function readRaster(path: string, limits?: Limits): Raster {
  return decodeRasters(readBytes(path), path, limits)[0];
}

/** Writes a PNG file as a whole. */
export function writePng(path: string, image: Image): void {
  writeFileAtomic(path, encodePng(image));
}
