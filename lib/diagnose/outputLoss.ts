/** How far the outputs of a network are from those that they stand for, in the unit of a tolerance. */

import type { CalibrationInput } from '../convert/calibration.js';
import type { SpikingModel } from '../convert/spikingModel.js';
import { floatImage } from '../convert/statistics.js';
import { UsageError } from '../core/error.js';
import { type Engine, withProgram } from '../engine/door.js';
import { argmax, unetRun } from '../engine/predict.js';
import { spikingRun } from '../engine/readout.js';
import { psnr } from '../measure/psnr.js';
import type { Model } from '../model/model.js';

type Images = readonly CalibrationInput[];
/** The output [H,W,K] on each image. */
export type Outputs = readonly Float32Array[];

export function unetOutputs(engine: Engine, unet: Model, images: Images): Outputs {
  return withProgram(engine, unet, (program) =>
    images.map((image) => unetRun(program)(floatImage(image)).output),
  );
}

/** Over T steps. */
export function spikingOutputs(
  engine: Engine,
  spiking: SpikingModel,
  images: Images,
  steps: number,
): Outputs {
  const { task } = spiking.configuration;
  return withProgram(engine, spiking, (program) =>
    images.map((image) => spikingRun(program, task, { steps })(floatImage(image)).output),
  );
}

/** The share of the pixels whose class differs, or the dB of PSNR that are lost. */
export function lossOfOutputs(
  { task, classes }: Model['configuration'],
  images: Images,
  exact: Outputs,
  ours: Outputs,
): number {
  if (task === 'segment') return differingShare(exact, ours, classes);
  const losses = images.map((image, i) => quality(image, exact[i]) - quality(image, ours[i]));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function differingShare(exact: Outputs, ours: Outputs, classes: number): number {
  let [pixels, differing] = [0, 0];
  for (const [i, scores] of exact.entries()) {
    const [truth, found] = [argmax(scores, classes), argmax(ours[i], classes)];
    pixels += truth.length;
    for (let p = 0; p < truth.length; p++) if (truth[p] !== found[p]) differing++;
  }
  return differing / pixels;
}

/** PSNR of a denoised image, in dB. */
function quality({ input, clean, name }: CalibrationInput, noise: Float32Array): number {
  if (!clean)
    throw new UsageError(`auto: ${name} is noisy, and its clean version is not known: take clean pictures`);
  return psnr(
    input.map((value, i) => 255 * Math.min(1, Math.max(0, value - noise[i]))),
    clean.map((value) => 255 * value),
  );
}
