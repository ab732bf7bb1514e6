/**
 * From an image of any size to scores: pad by reflection to sides that the network's operations divide, run,
 * crop back. The run of the network (U-Net, dense or event-driven spiking network) is a parameter.
 */

import type { FloatImage } from '../core/floatImage.js';
import { cropForward, padReflectForward, roundUp } from '../core/padding.js';
import type { Window } from '../core/window.js';
import type { Program } from './program.js';

/** An output [H,W,K], and the number of spikes (0 in a U-Net). */
export interface Prediction {
  readonly output: Float32Array;
  readonly spikes: number;
}

/**
 * Maps an image of any size to an output of that size. Only spikes of neurons in the window `counted` are
 * counted (default: all, those of the padding included); with a window, the network's operations must divide
 * its sides and those of the image.
 */
export type Run = (image: FloatImage, counted?: Window) => Prediction;

/** The run of a U-Net: one forward pass. */
export function unetRun(program: Program): Run {
  return anySize(program.multipleOf, (image) => ({ output: program.run(image), spikes: 0 }));
}

/** A run of images of any size, from a run of images whose sides are multiples of `multiple`. */
export function anySize(multiple: number, run: Run): Run {
  return (image, counted) => {
    const padded = padImage(image, multiple);
    if (padded === image) return run(image, counted);
    const { output, spikes } = run(padded, counted);
    return { output: cropOutput(output, padded, image), spikes };
  };
}

/** An image padded to multiples of `multiple`; the image itself if it needs no padding. */
export function padImage(image: FloatImage, multiple: number): FloatImage {
  const { height, width, channels } = image;
  const { paddedHeight, paddedWidth } = paddedSize(height, width, multiple);
  if (paddedHeight === height && paddedWidth === width) return image;
  const data = new Float32Array(paddedHeight * paddedWidth * channels);
  padReflectForward(data, image.data, { height, width, channels, paddedHeight, paddedWidth });
  return { data, height: paddedHeight, width: paddedWidth, channels };
}

type Sides = Pick<FloatImage, 'height' | 'width'>;

/** The part [H,W,K] of the output of a padded image that belongs to the image. */
export function cropOutput(output: Float32Array, padded: Sides, { height, width }: Sides): Float32Array {
  const channels = output.length / (padded.height * padded.width);
  const cropped = new Float32Array(height * width * channels);
  const paddedSides = { paddedHeight: padded.height, paddedWidth: padded.width };
  cropForward(cropped, output, { height, width, channels, ...paddedSides });
  return cropped;
}

/** The class with the largest score at each pixel [H,W]; the first of equals. */
export function argmax(scores: Float32Array, classes: number): Uint8Array {
  const winners = new Uint8Array(scores.length / classes);
  for (let p = 0; p < winners.length; p++) {
    let winner = 0;
    for (let k = 1; k < classes; k++) if (scores[p * classes + k] > scores[p * classes + winner]) winner = k;
    winners[p] = winner;
  }
  return winners;
}

/** The size of an image when it is padded. */
export function paddedSize(
  height: number,
  width: number,
  multiple: number,
): { paddedHeight: number; paddedWidth: number } {
  return { paddedHeight: roundUp(height, multiple), paddedWidth: roundUp(width, multiple) };
}
