/**
 * What lambdas are measured on: the inputs that the network was trained to see. Whole images of the training
 * split, neither cut nor mirrored; those of a denoiser get noise as in training, one sigma from 0..55 for
 * each image. On clean pictures a denoiser finds almost nothing to remove, and its lambdas come out many
 * times too small.
 */

import { UsageError } from '../core/error.js';
import { stream } from '../core/rng.js';
import type { Task } from '../net/architecture.js';
import { addTrainingNoise } from '../picture/noise.js';
import type { CalibrationImage } from './statistics.js';

/** A picture as a data set gives it: no noise has been added to its input yet. */
export interface CleanImage extends CalibrationImage {
  readonly name: string;
}

/** A calibration image, and for a denoiser the clean picture [H,W,C] that it was made of. */
export interface CalibrationInput extends CalibrationImage {
  readonly name: string;
  readonly clean?: Float32Array;
}

/** The inputs of a network of this task; the same images and seed give the same noise. */
export function calibrationInputs(
  images: readonly CleanImage[],
  task: Task,
  seed: number,
): CalibrationInput[] {
  return images.map(({ name, input, height, width }) => {
    if (task !== 'denoise') return { name, input, height, width };
    const noisy = addTrainingNoise(input, stream(seed, 'calibration', name)).input;
    return { name, input: noisy, height, width, clean: input };
  });
}

/** `count` of the images, drawn at random without repetition, in their own order. */
export function drawImages<Image>(images: readonly Image[], count: number, seed: number): readonly Image[] {
  if (count >= images.length) return images;
  if (!(count >= 1)) throw new UsageError(`images ${count}: expected at least 1`);
  const random = stream(seed, 'calibration images');
  const left = images.map((_, i) => i);
  const drawn = Array.from({ length: count }, () => left.splice(random.integer(left.length), 1)[0]);
  return drawn.sort((a, b) => a - b).map((i) => images[i]);
}
