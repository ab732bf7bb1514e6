/** Metrics of a model on samples in one call. evaluateTask.ts computes them for a run. */

import { type ModelRunOptions, readToRun } from '../convert/modelRun.js';
import { DataError, UsageError } from '../core/error.js';
import { USUAL_SEED } from '../core/rng.js';
import { withEngine } from '../engine/choose.js';
import { type Engine, withProgram } from '../engine/door.js';
import type { Model } from '../model/model.js';
import { checkLabels, type Sample } from '../picture/sample.js';
import { type Evaluation, evaluateRun } from './evaluateTask.js';
import type { OnImage } from './imageResult.js';

export interface EvaluateOptions extends ModelRunOptions {
  /** Noise that a denoiser has to remove, in grey levels; default: 25. */
  readonly sigma?: number;
  /** Seed of that noise; default: 1. */
  readonly seed?: number;
  /** Id of a class whose pixels do not count. */
  readonly ignore?: number;
  /** Default: a new one, on one thread. The result does not depend on it. */
  readonly engine?: Engine;
  /** Called after each image. */
  readonly onImage?: OnImage;
}

export interface ModelEvaluation extends Evaluation {
  /** T; 0 for a U-Net. */
  readonly steps: number;
}

/**
 * Measures a model on samples: F1, JS and ACC, or mIoU, by their labels [H,W]; or PSNR (dB) and SSIM of
 * noisy inputs without the noise that it finds. Inputs are [H,W,C] in 0..1, of any size, clean and
 * preprocessed as for training.
 * @throws DataError for samples that do not fit, UsageError for options that cannot mean anything
 */
export function evaluate(
  model: Model,
  samples: readonly Sample[],
  { sigma, seed = USUAL_SEED, ignore, engine, onImage, ...running }: EvaluateOptions = {},
): ModelEvaluation {
  const { task, classes } = model.configuration;
  if (samples.length === 0) throw new DataError('samples: got none, expected at least one');
  if (task === 'segment') {
    if (sigma !== undefined)
      throw new UsageError('sigma: is for denoisers, the model segments: leave it out');
    if (ignore !== undefined && !(Number.isInteger(ignore) && ignore >= 0 && ignore < classes))
      throw new UsageError(`ignore ${ignore}: expected the id of a class, 0 to ${classes - 1}`);
    checkLabels(samples, classes);
  } else if (ignore !== undefined)
    throw new UsageError('ignore: a denoiser tells no classes apart, leave it out');
  if (sigma !== undefined && !(sigma > 0 && Number.isFinite(sigma)))
    throw new UsageError(`sigma ${sigma}: expected grey levels above 0`);
  const { model: network, steps, runOf } = readToRun(model, 'the model', running);
  const evaluation = withEngine(engine, (engine) =>
    withProgram(engine, network, (program) =>
      evaluateRun(model, samples, runOf(program, undefined), { sigma, seed, ignore }, onImage),
    ),
  );
  return { ...evaluation, steps };
}
