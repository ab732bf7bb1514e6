/** What a model reads of a picture. */

import type { FloatImage } from '../core/floatImage.js';
import type { Image } from '../picture/image.js';
import { preprocess } from '../picture/preprocess.js';
import { imageChannels, type Model } from './model.js';

/** A picture with the model's channels, prepared as it was trained [H,W,C]; it is not padded. */
export function modelInput(model: Model, picture: Image): FloatImage {
  const { height, width } = picture;
  const channels = imageChannels(model);
  return { data: preprocess(model.preprocess, picture, channels), height, width, channels };
}
