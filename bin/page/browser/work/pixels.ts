/** Pictures as the pixels of a canvas. */

import type { Image } from '../../../../lib/picture/image.js';
import type { Pixels } from '../messages.js';

export function pixelsOf({ height, width, channels, data }: Image): Pixels {
  const rgba = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let p = 0; p < height * width; p++)
    for (let c = 0; c < 3; c++) rgba[4 * p + c] = data[channels === 3 ? 3 * p + c : p];
  return { width, height, data: rgba };
}
