/**
 * Figures like those of the paper (Figs. 4 and 5): the first row shows the input, the truth and the output of
 * each network, with a box; the second row the box, enlarged; the third where each network is wrong.
 */

import { cropImage, drawBox, type Image, makeImage, toRgb } from './image.js';
import { panel, stack } from './panel.js';
import type { Sample } from './sample.js';
import { type CaptionedPrediction, resultColumns } from './taskPicture.js';

/** A square part of a picture. */
interface Box {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** The box has this part of the shorter side, and is enlarged by as much. */
const PARTS = 4;
const GREEN = [0, 200, 0] as const;
const RED = [220, 0, 0] as const;
const BLUE = [60, 90, 255] as const;
/** The lines of a box have this part of its side. */
const LINES = 60;
/** The factor by which errors of clean images are made brighter. */
const ERROR_GAIN = 4;

/** The figure of one sample; `seen` [H,W,C] is the input of the networks, with its noise. */
export function figure(
  sample: Sample,
  seen: Float32Array,
  predictions: readonly CaptionedPrediction[],
  classes: number,
): Image {
  const { height, width, label } = sample;
  const truth = label ?? sample.input;
  const columns = resultColumns(sample, seen, predictions, classes);
  const errors = predictions.map(({ prediction }) => errorOf(prediction, truth, classes, sample.channels));
  const box = worstBox(errors[0], height, width);
  const boxed = columns.map(({ caption, image }) => ({
    caption,
    image: drawBox(toRgb(image), box, GREEN, Math.ceil(box.side / LINES)),
  }));
  const zoomed = columns.map(({ image }) => ({ caption: '', image: cropImage(toRgb(image), box) }));
  const blank = { caption: '', image: makeImage(height, width, 1, new Uint8Array(height * width).fill(255)) };
  const maps = errors.map((error) => ({ caption: 'errors', image: errorPicture(error, height, width) }));
  return stack([
    panel(boxed, { enlarge: 1 }),
    panel(zoomed, { enlarge: PARTS }),
    panel([blank, blank, ...maps], { enlarge: 1 }),
  ]);
}

/**
 * How wrong each pixel is, [H,W]: 0..1 for a clean image; with two classes 1 for a missed pixel, -1 for a
 * false one; with more classes 1 for any error.
 */
export function errorOf(
  prediction: Uint8Array | Float32Array,
  truth: Uint8Array | Float32Array,
  classes: number,
  channels: number,
): Float32Array {
  if (prediction instanceof Float32Array) {
    return Float32Array.from({ length: prediction.length / channels }, (_, p) => {
      let error = 0;
      for (let c = p * channels; c < (p + 1) * channels; c++) error += Math.abs(prediction[c] - truth[c]);
      return error / channels;
    });
  }
  return Float32Array.from(prediction, (id, p) => (classes === 2 ? truth[p] - id : id === truth[p] ? 0 : 1));
}

/** Missed pixels in red, false ones in blue; errors of clean images in grey. */
export function errorPicture(error: Float32Array, height: number, width: number): Image {
  const image = makeImage(height, width, 3);
  for (let p = 0; p < error.length; p++) {
    if (error[p] === 0) continue;
    const whole = Math.abs(error[p]) === 1;
    const level = Math.min(255, Math.round(255 * ERROR_GAIN * error[p]));
    image.data.set(whole ? (error[p] > 0 ? RED : BLUE) : [level, level, level], 3 * p);
  }
  return image;
}

/** The box with the largest error, among boxes that overlap by half. */
function worstBox(error: Float32Array, height: number, width: number): Box {
  const side = Math.max(1, Math.floor(Math.min(height, width) / PARTS));
  const step = Math.max(1, side >> 1);
  let worst = { top: 0, left: 0, side };
  let most = Number.NEGATIVE_INFINITY;
  for (let top = 0; top + side <= height; top += step) {
    for (let left = 0; left + side <= width; left += step) {
      let sum = 0;
      for (let p = 0; p < side * side; p++)
        sum += Math.abs(error[(top + Math.floor(p / side)) * width + left + (p % side)]);
      if (sum > most) [most, worst] = [sum, { top, left, side }];
    }
  }
  return worst;
}
