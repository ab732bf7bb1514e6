/**
 * Training a U-Net by back-propagation (section 3.1): from random weights, or from a network that has
 * learned already.
 */

import { toUnet } from '../convert/spikingModel.js';
import { UsageError } from '../core/error.js';
import { USUAL_SEED } from '../core/rng.js';
import { hashOfModel, type Model } from '../model/model.js';
import type { Task } from '../net/architecture.js';
import { buildLayers } from '../net/architectures.js';
import { initialParameters } from '../net/parameters.js';
import type { PreprocessName } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import { unetLearner } from './learner.js';
import {
  type LearningOptions,
  type PreparedTraining,
  prepareLearning,
  runTraining,
  TRAINING,
  type WatchOptions,
} from './learning.js';
import type { Trained } from './trainModel.js';

/** Channels of the first stage where nobody says otherwise; the paper: 64. */
export const USUAL_WIDTH = 16;

/** What a U-Net is for. A data set of `spiking-unet/node` says all but its width. */
export interface UnetOptions {
  readonly task: Task;
  /** Of a network to segment, in the order of the class ids. */
  readonly classNames?: readonly string[];
  /** F, channels of the first stage; default: 16. */
  readonly width?: number;
  /** How pictures became inputs, for whoever runs the network on pictures; default: plain. */
  readonly preprocess?: PreprocessName;
}

export interface TrainOptions extends Partial<UnetOptions>, LearningOptions, WatchOptions {
  /**
   * A U-Net to be trained further, in the place of random weights; what the other options say of it must
   * be so.
   */
  readonly from?: Model;
}

/** A U-Net with random weights; its notes begin with the seed. */
export function newUnet(
  { task, classNames = [], width = USUAL_WIDTH, preprocess = 'plain' }: UnetOptions,
  channels: number,
  { seed = USUAL_SEED, notes }: Pick<LearningOptions, 'seed' | 'notes'>,
): Model {
  if (task === 'segment' && classNames.length < 2)
    throw new UsageError(
      `classNames: got ${classNames.length}, expected a name for each class, two at least`,
    );
  const names = task === 'segment' ? classNames : [];
  const configuration = { task, width, channels, classes: names.length || channels };
  const layers = buildLayers(configuration);
  return {
    ...{ layers, parameters: initialParameters(layers, seed), stage: 'ann', configuration, preprocess },
    ...{ classNames: names, notes: { seed: String(seed), ...notes } },
  };
}

/** Back-propagation from a start; `measureStart`: the start has learned already. */
export function prepareTraining(
  start: Model,
  samples: readonly Sample[],
  options: LearningOptions,
  measureStart: boolean,
): PreparedTraining {
  return prepareLearning(samples, options, {
    ...{ defaults: TRAINING, start, measureStart },
    learner: unetLearner,
  });
}

/**
 * Trains a U-Net on patches of samples, with their labels, or with noise to be recognised (`task`
 * denoise), and returns the best that was validated. Inputs are [H,W,C] in 0..1, preprocessed; labels
 * [H,W] hold class ids.
 * @throws UsageError for options that make no sense; DataError for samples that do not fit; DivergedError
 * where the loss or a gradient becomes no number
 */
export async function train(samples: readonly Sample[], options: TrainOptions): Promise<Trained> {
  const start = startOf(samples, options);
  return runTraining(prepareTraining(start, samples, options, options.from !== undefined), options);
}

/**
 * What a training starts from: random weights, or a U-Net that is given; UsageError where it does not fit.
 */
export function startOf(
  samples: readonly Sample[],
  options: Partial<UnetOptions> & LearningOptions & Pick<TrainOptions, 'from'>,
): Model {
  return options.from ? furtherUnet(options.from, options) : freshUnet(samples, options);
}

function freshUnet(
  samples: readonly Sample[],
  { task, ...options }: Partial<UnetOptions> & LearningOptions,
): Model {
  if (task === undefined) throw new UsageError('task: is missing, expected segment or denoise');
  return newUnet({ task, ...options }, samples[0]?.channels ?? 1, options);
}

/** A U-Net that has learned, with what is to be noted of what it learns now. */
function furtherUnet(from: Model, options: Partial<UnetOptions> & LearningOptions): Model {
  const unet = toUnet(from, 'from');
  const has = { ...unet.configuration, preprocess: unet.preprocess, classNames: unet.classNames };
  for (const name of ['task', 'width', 'preprocess', 'classNames'] as const) {
    const wanted = options[name];
    if (wanted !== undefined && String(wanted) !== String(has[name]))
      throw new UsageError(`from: its ${name} is ${has[name]}, the options say ${wanted}`);
  }
  const { seed = USUAL_SEED, notes } = options;
  return { ...unet, notes: { seed: String(seed), ...notes, parent: hashOfModel(from) } };
}
