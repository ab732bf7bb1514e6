/**
 * The images that `convert` measures on: a data set's training images or a folder of pictures, prepared as
 * the network will see them.
 */

import { type CalibrationInput, calibrationInputs, drawImages } from '../../lib/convert/calibration.js';
import { UsageError } from '../../lib/core/error.js';
import { readImageFolder } from '../../lib/data/pictures.js';
import type { Model } from '../../lib/model/model.js';
import { imageChannels } from '../../lib/model/model.js';
import type { Sample } from '../../lib/picture/sample.js';
import { type DataOptions, fitOf, loadSamples, requireFitting } from '../cli/dataOptions.js';
import type { Context } from '../cli/stage.js';

export interface CalibrationOptions extends Partial<DataOptions> {
  readonly calibration?: string;
  readonly noisy: boolean;
  readonly images?: number;
  readonly seed: number;
}

export interface CalibrationSet {
  readonly inputs: readonly CalibrationInput[];
  /** The images as the data set gives them: without added noise, with labels where it has some. */
  readonly samples: readonly Sample[];
  /** A description of the images, for people. */
  readonly description: string;
}

/** Reads the images; UsageError where none are named, or where an option cannot mean anything. */
export function calibrationSet(
  options: CalibrationOptions,
  model: Model,
  context: Pick<Context, 'log'>,
): CalibrationSet {
  const { calibration, noisy, images, seed } = options;
  const { task } = model.configuration;
  if (noisy && (task !== 'denoise' || calibration === undefined))
    throw new UsageError('--noisy: is for a denoiser and the pictures of --calibration: leave it out');
  const samples = samplesOf(options, model, context);
  const chosen = images === undefined ? samples : drawImages(samples, images, seed);
  const inputs = calibrationInputs(chosen, noisy ? 'segment' : task, seed);
  const kind = task === 'denoise' ? (noisy ? ', noisy as they are' : ', with noise of sigma 0 to 55') : '';
  return { inputs, samples: chosen, description: `${inputs.length} images${kind}` };
}

/**
 * All images of the folder, prepared as the model expects its pictures, or of the data set's training split.
 */
function samplesOf(
  options: CalibrationOptions,
  model: Model,
  context: Pick<Context, 'log'>,
): readonly Sample[] {
  const channels = imageChannels(model);
  if (options.calibration !== undefined) {
    if (options.dataset !== undefined)
      throw new UsageError('--dataset and --calibration: what to measure on? Leave one of them out');
    return readImageFolder(options.calibration, channels, model.preprocess);
  }
  if (options.dataset === undefined)
    throw new UsageError('what to measure on? Give --dataset or --calibration');
  const named = { ...options, dataset: options.dataset };
  requireFitting(named, model);
  return loadSamples(named, 'train', fitOf(model, undefined), context);
}
