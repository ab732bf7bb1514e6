/**
 * From a picture to the network's input, [H,W,C] in 0..1. `drive` is the usual preparation of fundus photographs:
 * grey, stretched to 0..255, CLAHE, gamma (DESIGN: z-norm over the set comes first; the stretching of each image
 * undoes any affine map, so it is left out, and no picture's input depends on its neighbours).
 */

import { clahe } from './clahe.js';
import { adjustGamma } from './gamma.js';
import { type Image, toGrey, toRgb } from './image.js';

export type PreprocessName = 'plain' | 'drive';

const CLAHE = { clipLimit: 2, tilesX: 8, tilesY: 8 };
const GAMMA = 1.2;

type Preprocess = (image: Image, channels: 1 | 3) => Float32Array;

const plain: Preprocess = (image, channels) => {
  const values = channels === 1 ? toGrey(image) : toRgb(image).data;
  return Float32Array.from(values, (value) => value / 255);
};

const drive: Preprocess = (image, channels) => {
  const { height, width } = image;
  const grey = adjustGamma(clahe(stretch(toGrey(image)), height, width, CLAHE), GAMMA);
  return plain({ height, width, channels: 1, data: grey }, channels);
};

const preprocesses: Readonly<Record<PreprocessName, Preprocess>> = { plain, drive };

/** The input [H,W,C] in 0..1 that a network with `channels` input channels expects. */
export function preprocess(name: PreprocessName, image: Image, channels: 1 | 3): Float32Array {
  return preprocesses[name](image, channels);
}

/** Grey levels spread from their smallest and largest to 0 and 255, truncated; a constant picture becomes black. */
function stretch(grey: Float64Array): Uint8Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of grey) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low || 1;
  return Uint8Array.from(grey, (value) => Math.floor((255 * (value - low)) / range));
}
