/** Pictures of what a network made of a sample: input, truth, predictions side by side. */

import { colourLabel } from '../image/colour.js';
import type { Sample } from '../image/dataset/dataset.js';
import type { Image } from '../image/image.js';
import { panel } from '../image/panel.js';

export interface CaptionedPrediction {
  readonly caption: string;
  /** Class ids [H,W], or a clean image [H,W,C] 0..1. */
  readonly prediction: Uint8Array | Float32Array;
}

/** Input, truth and predictions of one sample in a row. `classes` is not used for clean images. */
export function resultPanel(
  sample: Sample,
  predictions: readonly CaptionedPrediction[],
  classes: number,
): Image {
  const { height, width, picture, label } = sample;
  const columns = [{ caption: 'input', image: picture }];
  if (label) columns.push({ caption: 'truth', image: labelPicture(label, height, width, classes) });
  for (const { caption, prediction } of predictions) {
    const image =
      prediction instanceof Float32Array
        ? greyLevels(prediction, height, width)
        : labelPicture(prediction, height, width, classes);
    columns.push({ caption, image });
  }
  return panel(columns);
}

/** Class ids [H,W] as a picture: black and white for two classes, else colours. */
export function labelPicture(label: Uint8Array, height: number, width: number, classes: number): Image {
  return classes > 2 ? colourLabel(label, height, width) : levelPicture(label, height, width, classes);
}

/** Class ids [H,W] as grey levels 0..255, shared out evenly. */
export function levelPicture(label: Uint8Array, height: number, width: number, classes: number): Image {
  const step = Math.floor(255 / Math.max(1, classes - 1));
  return { height, width, channels: 1, data: label.map((id) => id * step) };
}

/** An image [H,W,C] 0..1 as grey levels. */
export function greyLevels(values: Float32Array, height: number, width: number): Image {
  const channels = values.length === 3 * height * width ? 3 : 1;
  return { height, width, channels, data: Uint8Array.from(values, (value) => Math.round(255 * value)) };
}
