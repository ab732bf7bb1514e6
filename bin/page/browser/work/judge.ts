/** What an output says, how good it is, and where it differs from the U-Net's answer. */

import { argmax } from '../../../../lib/engine/predict.js';
import { evaluateRun, scoreName } from '../../../../lib/measure/evaluateTask.js';
import { psnr } from '../../../../lib/measure/psnr.js';
import type { Model } from '../../../../lib/model/model.js';
import { errorOf, errorPicture } from '../../../../lib/picture/figure.js';
import type { Image } from '../../../../lib/picture/image.js';
import { removeNoise } from '../../../../lib/picture/noise.js';
import type { Sample } from '../../../../lib/picture/sample.js';
import { greyLevels, labelPicture } from '../../../../lib/picture/taskPicture.js';

/** Of the noise: that of every command. */
export const SEED = 1;

/** A picture that networks answer. */
export interface Task {
  readonly model: Model;
  readonly sample: Sample;
  /** The input with its noise, [H,W,C]. */
  readonly seen: Float32Array;
  /** Grey levels; 0: no noise was added. */
  readonly sigma: number;
}

export interface Judged {
  /** Class ids [H,W], or a clean picture [H,W,C]. */
  readonly prediction: Uint8Array | Float32Array;
  readonly picture: Image;
  readonly scores: readonly string[];
}

/**
 * Judges the output [H,W,K] of a network; `unet` is the U-Net's prediction, if there is one to compare with.
 */
export function judge(task: Task, output: Float32Array, unet?: Judged['prediction']): Judged {
  const { model, sample, seen } = task;
  const { height, width } = sample;
  const denoises = model.configuration.task === 'denoise';
  const prediction = denoises ? removeNoise(seen, output) : argmax(output, model.configuration.classes);
  const picture = shown(prediction, sample, model);
  const scores = [...scoreOf(task, output), ...(unet ? [agreement(prediction, unet)] : [])];
  return { prediction, picture: { ...picture, height, width }, scores };
}

function shown(prediction: Judged['prediction'], { height, width }: Sample, { classNames }: Model): Image {
  return prediction instanceof Float32Array
    ? greyLevels(prediction, height, width)
    : labelPicture(prediction, height, width, classNames.length);
}

/** The metric that `evaluate` prints, where the truth is known. */
function scoreOf({ model, sample, sigma }: Task, output: Float32Array): string[] {
  const isKnown = model.configuration.task === 'denoise' ? sigma > 0 : sample.label !== undefined;
  if (!isKnown) return [];
  const { score } = evaluateRun(model, [sample], () => ({ output, spikes: 0 }), { sigma, seed: SEED });
  const name = scoreName(model);
  if (score === undefined) return [`no ${name}: its class is not in this picture`];
  return [name === 'PSNR' ? `${score.toFixed(2)} dB` : `${name} ${score.toFixed(4)}`];
}

/** How near two answers are. */
function agreement(ours: Judged['prediction'], theirs: Judged['prediction']): string {
  if (ours instanceof Float32Array) {
    const [a, b] = [ours, theirs].map((values) => Float32Array.from(values, (value) => 255 * value));
    return `${psnr(a, b).toFixed(1)} dB from the U-Net's picture`;
  }
  const same = ours.reduce((sum, id, p) => sum + Number(id === theirs[p]), 0);
  return `${((100 * same) / ours.length).toFixed(2)} % of pixels as the U-Net`;
}

/** Where an answer differs from the U-Net's. */
export function differencePicture(
  { sample, model }: Task,
  { prediction }: Judged,
  unet: Judged['prediction'],
) {
  const { height, width, channels } = sample;
  return errorPicture(errorOf(prediction, unet, model.classNames.length, channels), height, width);
}
