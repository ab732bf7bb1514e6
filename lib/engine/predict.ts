/**
 * From an image of any size to scores: pad by reflection to a multiple of 16, run, crop back. Whoever runs
 * the network (U-Net, dense or event-driven spiking network) is a parameter.
 */

import type { FloatImage } from '../core/floatImage.js';
import { cropForward, padReflectForward, roundUp } from '../core/padding.js';
import type { Window } from '../core/window.js';
import { SIZE_STEP } from '../net/architectures.js';
import type { Program } from './program.js';

/** An output [H,W,K] and the spikes it took (none in a U-Net). */
export interface Prediction {
  readonly output: Float32Array;
  readonly spikes: number;
}

/**
 * Maps an image, H and W multiples of 16, to an output. Only spikes of neurons in the window `counted` are
 * counted (default: all); its sides are multiples of 16.
 */
export type Run = (image: FloatImage, counted?: Window) => Prediction;

/** The run of a U-Net: one forward pass. */
export function unetRun(program: Program): Run {
  return (image) => ({ output: program.run(image), spikes: 0 });
}

/** An image padded for a network whose sides are multiples of `step`; where nothing is to be padded, the image itself. */
export function padImage(image: FloatImage, step = SIZE_STEP): FloatImage {
  const { height, width, channels } = image;
  const { paddedHeight, paddedWidth } = paddedSize(height, width, step);
  if (paddedHeight === height && paddedWidth === width) return image;
  const data = new Float32Array(paddedHeight * paddedWidth * channels);
  padReflectForward(data, image.data, { height, width, channels, paddedHeight, paddedWidth });
  return { data, height: paddedHeight, width: paddedWidth, channels };
}

/** The part [H,W,K] of a padded output that belongs to the image. */
export function cropOutput(output: Float32Array, height: number, width: number): Float32Array {
  const { paddedHeight, paddedWidth } = paddedSize(height, width);
  const channels = output.length / (paddedHeight * paddedWidth);
  const cropped = new Float32Array(height * width * channels);
  cropForward(cropped, output, { height, width, channels, paddedHeight, paddedWidth });
  return cropped;
}

/** The output [H,W,K] for an image of any size. */
export function predict(run: Run, image: FloatImage): Prediction {
  const { output, spikes } = run(padImage(image));
  return { output: cropOutput(output, image.height, image.width), spikes };
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

/** The size of an image when it is padded for a network: multiples of `step`, by default those of the paper's U-Net. */
export function paddedSize(
  height: number,
  width: number,
  step = SIZE_STEP,
): { paddedHeight: number; paddedWidth: number } {
  return { paddedHeight: roundUp(height, step), paddedWidth: roundUp(width, step) };
}
