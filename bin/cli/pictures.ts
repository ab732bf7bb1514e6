/** What `run` writes for a person to open: masks with overlays, or clean pictures. */

import { basename, extname, join } from 'node:path';
import { overlay } from '../../lib/image/colour.js';
import { writePng } from '../../lib/image/encode.js';
import type { Image } from '../../lib/image/image.js';
import { greyLevels, levelPicture } from '../../lib/train/picture.js';
import type { Model } from '../../lib/unet/model.js';
import { argmax } from '../../lib/unet/predict.js';

/**
 * Writes `NAME.mask.png` (class ids as grey levels, shared out evenly) and `NAME.overlay.png`, or `NAME.clean.png`, the
 * input [H,W,C] without the noise that the network found in it. Returns the paths.
 */
export function writePictures(
  folder: string,
  file: string,
  { configuration: { task, classes } }: Model,
  picture: Image,
  input: Float32Array,
  output: Float32Array,
): string[] {
  const { height, width } = picture;
  const write = (kind: string, image: Image) => {
    const path = join(folder, `${basename(file, extname(file))}.${kind}.png`);
    writePng(path, image);
    return path;
  };
  if (task === 'denoise') {
    const clean = input.map((value, i) => Math.min(1, Math.max(0, value - output[i])));
    return [write('clean', greyLevels(clean, height, width))];
  }
  const label = argmax(output, classes);
  return [
    write('mask', levelPicture(label, height, width, classes)),
    write('overlay', overlay(picture, label)),
  ];
}
