/** Peak signal-to-noise ratio. */

import { log } from '../core/elementary.js';
import { checkLength } from '../core/shape.js';

/** 10 log10(peak^2 / mean squared error) in dB; Infinity for equal images. */
export function psnr(image: ArrayLike<number>, truth: ArrayLike<number>, peak = 255): number {
  checkLength('truth', truth, [image.length]);
  let sum = 0;
  for (let i = 0; i < image.length; i++) {
    const difference = image[i] - truth[i];
    sum += difference * difference;
  }
  if (sum === 0) return Number.POSITIVE_INFINITY;
  return (10 * log((peak * peak * image.length) / sum)) / Math.LN10;
}
