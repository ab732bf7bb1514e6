/** Pictures of what a network made of a sample: input, truth, predictions side by side. */

import { colourLabel } from './colour.js';
import type { Image } from './image.js';
import type { Column } from './panel.js';
import type { Sample } from './sample.js';

export interface CaptionedPrediction {
  readonly caption: string;
  /** Class ids [H,W], or a clean image [H,W,C] 0..1. */
  readonly prediction: Uint8Array | Float32Array;
}

/**
 * Input, truth and predictions of one sample side by side. `seen` [H,W,C] is
 * what the networks saw, with its noise; `classes` is not used for clean images.
 */
export function resultColumns(
  sample: Sample,
  seen: Float32Array,
  predictions: readonly CaptionedPrediction[],
  classes: number,
): Column[] {
  const { height, width, picture, label, input } = sample;
  const show = (values: Uint8Array | Float32Array) =>
    values instanceof Float32Array
      ? greyLevels(values, height, width)
      : labelPicture(values, height, width, classes);
  const given = label
    ? [
        { caption: 'input', image: picture },
        { caption: 'truth', image: show(label) },
      ]
    : [
        { caption: 'input', image: show(seen.map(clamp)) },
        { caption: 'clean', image: show(input) },
      ];
  return [...given, ...predictions.map(({ caption, prediction }) => ({ caption, image: show(prediction) }))];
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

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
  const data = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) data[i] = Math.round(255 * values[i]);
  return { height, width, channels, data };
}
