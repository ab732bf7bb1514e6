/**
 * From a picture to the network's input, [H,W,C] in 0..1. `plain` is /255. `drive` is the usual preparation
 * of fundus photographs: grey, stretched to 0..255, CLAHE, gamma. The z-norm over the whole set that comes
 * before the stretching elsewhere is an affine map with a positive factor, and stretching each picture from
 * its own smallest to its own largest value cancels it; so it is left out, and a picture's input does not
 * depend on its neighbours.
 */

import { clahe } from './clahe.js';
import { adjustGamma } from './gamma.js';
import { type Image, makeImage, toGrey, toRgb } from './image.js';

export type PreprocessName = 'plain' | 'drive';

type Preprocess = (image: Image, channels: 1 | 3) => Float32Array;

const CLAHE = { clipLimit: 2, tilesX: 8, tilesY: 8 };
const GAMMA = 1.2;

const plain: Preprocess = (image, channels) => {
  const levels = channels === 1 ? toGrey(image) : toRgb(image).data;
  const values = new Float32Array(levels.length); // Float32Array.from would make a list of them first
  for (let i = 0; i < levels.length; i++) values[i] = levels[i] / 255;
  return values;
};

const drive: Preprocess = (image, channels) => {
  const { height, width } = image;
  const equalised = clahe(stretch(toGrey(image)), height, width, CLAHE);
  return plain(makeImage(height, width, 1, adjustGamma(equalised, GAMMA)), channels);
};

const preprocesses: Readonly<Record<PreprocessName, Preprocess>> = { plain, drive };

/**
 * The input [H,W,C] in 0..1 of a network with `channels`
 * input channels: grey is repeated, colour becomes grey.
 */
export function preprocess(name: PreprocessName, image: Image, channels: 1 | 3): Float32Array {
  return preprocesses[name](image, channels);
}

/**
 * Levels spread from their smallest and largest to 0 and
 * 255, truncated as numpy's astype; a flat picture is black.
 */
function stretch(grey: Float64Array): Uint8Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of grey) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low || 1;
  const levels = new Uint8Array(grey.length);
  // Divided first: the other order differs in the last bit, and so in the truncated level of a few pixels.
  for (let p = 0; p < grey.length; p++) levels[p] = Math.floor(((grey[p] - low) / range) * 255);
  return levels;
}
