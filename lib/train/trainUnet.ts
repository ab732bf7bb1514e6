/** Training a U-Net by back-propagation (section 3.1), from random weights or from a trained network. */

import { toUnet } from '../convert/spikingModel.js';
import { UsageError } from '../core/error.js';
import { USUAL_SEED } from '../core/rng.js';
import { hashOfModel, type Model } from '../model/model.js';
import type { Task } from '../net/architecture.js';
import { buildLayers, PAPERS } from '../net/architectures.js';
import { findInitialisation, he } from '../net/initialisation.js';
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

/** Default number of channels of the first stage; the paper: 64. */
export const USUAL_WIDTH = 16;

/** What defines a U-Net. A data set of `spiking-unet/node` sets all but the width. */
export interface UnetOptions {
  readonly task: Task;
  /** Its name in the table of architectures; default: unet. */
  readonly architecture?: string;
  /** For a network to segment: the names of the classes, in the order of their ids. */
  readonly classNames?: readonly string[];
  /** F, channels of the first stage; default: 16. */
  readonly width?: number;
  /** What its random weights are drawn from: see `initialisations`; default: he. */
  readonly initialisation?: string;
  /** How pictures are made into inputs; a file of the model says so. Default: plain. */
  readonly preprocess?: PreprocessName;
}

export interface TrainOptions extends Partial<UnetOptions>, LearningOptions, WatchOptions {
  /** A trained U-Net to start from, in place of random weights; the other options must agree with it. */
  readonly from?: Model;
}

/** A U-Net with random weights; its notes begin with the seed. */
export function newUnet(
  { task, architecture = PAPERS, classNames = [], width = USUAL_WIDTH, ...others }: UnetOptions,
  channels: number,
  { seed = USUAL_SEED, notes }: Pick<LearningOptions, 'seed' | 'notes'>,
): Model {
  if (task === 'segment' && classNames.length < 2)
    throw new UsageError(
      `classNames: got ${classNames.length}, expected a name for each class, two at least`,
    );
  const names = task === 'segment' ? classNames : [];
  const named = architecture !== PAPERS && { architecture };
  const configuration = { ...named, task, width, channels, classes: names.length || channels };
  const layers = buildLayers(configuration);
  const { initialisation = he.name, preprocess = 'plain' } = others;
  const parameters = initialParameters(layers, seed, findInitialisation(initialisation));
  return {
    ...{ layers, parameters, stage: 'ann', configuration, preprocess },
    ...{ classNames: names, notes: { seed: String(seed), ...notes } },
  };
}

/** Prepares back-propagation from a start; `measureStart`: the start has been trained before. */
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
 * Trains a U-Net on patches of samples, with their labels, or with noise to be predicted (`task` denoise).
 * Returns the model with the best validation score. Inputs are [H,W,C] in 0..1, preprocessed; labels [H,W]
 * hold class ids.
 * @throws UsageError for options that make no sense; DataError for samples that do not fit; DivergedError
 * where the loss or a gradient becomes no number
 */
export async function train(samples: readonly Sample[], options: TrainOptions): Promise<Trained> {
  const start = startOf(samples, options);
  return runTraining(prepareTraining(start, samples, options, options.from !== undefined), options);
}

/** The start of a training: random weights, or the given U-Net; UsageError where it does not fit. */
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

/** A trained U-Net with the notes of its further training. */
function furtherUnet(from: Model, options: Partial<UnetOptions> & LearningOptions): Model {
  const unet = toUnet(from, 'from');
  const { configuration, preprocess, classNames } = unet;
  const has = { architecture: PAPERS, ...configuration, preprocess, classNames };
  for (const name of ['task', 'architecture', 'width', 'preprocess', 'classNames'] as const) {
    const wanted = options[name];
    if (wanted !== undefined && String(wanted) !== String(has[name]))
      throw new UsageError(`from: its ${name} is ${has[name]}, the options say ${wanted}`);
  }
  const { seed = USUAL_SEED, notes } = options;
  return { ...unet, notes: { seed: String(seed), ...notes, parent: hashOfModel(from) } };
}
