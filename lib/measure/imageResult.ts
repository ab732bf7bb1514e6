/**
 * A network on one image: what its answer counts for. Totals of many images are computed from these results
 * alone (evaluateTask.ts), wherever each was computed.
 */

import { DataError } from '../core/error.js';
import { type Rng, stream } from '../core/rng.js';
import { argmax, type Run } from '../engine/predict.js';
import { VOID } from '../op/losses.js';
import { addNoise, removeNoise } from '../picture/noise.js';
import { inputOf, type Sample } from '../picture/sample.js';
import { psnr } from './psnr.js';
import { type Tally, tallyOf } from './segmentation.js';
import { ssim } from './ssim.js';

export interface SegmentedImage {
  readonly name: string;
  readonly spikes: number;
  readonly tally: Tally;
}

/** dB; SSIM 0..1. */
export interface DenoisedImage {
  readonly name: string;
  readonly spikes: number;
  readonly psnr: number;
  readonly ssim: number;
  /** PSNR of the noisy picture itself. */
  readonly noisyPsnr: number;
}

export type ImageResult = SegmentedImage | DenoisedImage;

/**
 * Called with every image as it is done: its prediction as class ids [H,W] or as a clean image [H,W,C] 0..1,
 * and the network's input [H,W,C].
 */
export type OnImage = (sample: Sample, prediction: Uint8Array | Float32Array, seen: Float32Array) => void;

/** Segments one sample, counted as `evaluateSegmentation` says; DataError if it has no label. */
export function segmentImage(
  sample: Sample,
  run: Run,
  classes: number,
  onImage?: OnImage,
  ignore?: number,
): SegmentedImage {
  if (!sample.label) throw new DataError(`${sample.name}: no label to compare with`);
  const { output, spikes } = run(inputOf(sample));
  const prediction = argmax(output, classes);
  sample.fov?.forEach((inside, p) => {
    if (!inside) prediction[p] = 0;
  });
  onImage?.(sample, prediction, sample.input);
  const label = ignore === undefined ? sample.label : sample.label.map((id) => (id === ignore ? VOID : id));
  return { name: sample.name, spikes, tally: tallyOf(prediction, label, sample.fov, classes) };
}

/** The random numbers of the noise on one image of a test. */
export function testNoise(seed: number, sigma: number, { name }: Sample): Rng {
  return stream(seed, 'noise', sigma, name);
}

/** Adds noise of `sigma` grey levels to one sample, from a random stream of its own, and removes it again. */
export function denoiseImage(
  sample: Sample,
  run: Run,
  sigma: number,
  seed: number,
  onImage?: OnImage,
): DenoisedImage {
  const { name, height, width, channels } = sample;
  const { input } = addNoise(sample.input, sigma, testNoise(seed, sigma, sample));
  const { output, spikes } = run(inputOf(sample, input));
  const clean = removeNoise(input, output);
  onImage?.(sample, clean, input);
  const untouched = removeNoise(input, new Float32Array(input.length));
  const levels = [clean, sample.input, untouched].map((image) => image.map((value) => 255 * value));
  const [ours, truth, noisy] = levels;
  const similarity = ssim(ours, truth, { height, width, channels });
  return { name, spikes, psnr: psnr(ours, truth), ssim: similarity, noisyPsnr: psnr(noisy, truth) };
}
