/**
 * The options that all kinds of training share, their defaults (also those of the command line), and how a
 * prepared training is run. trainUnet.ts, trainDirectly.ts and finetuneSpiking.ts say what is trained, and
 * how.
 */

import { DataError, UsageError } from '../core/error.js';
import { USUAL_SEED } from '../core/rng.js';
import { chooseEngine } from '../engine/choose.js';
import type { Engine } from '../engine/door.js';
import { findOptimiser } from '../engine/learn/optimiser.js';
import type { OnImage } from '../measure/imageResult.js';
import type { Model } from '../model/model.js';
import { checkLabels, type Sample } from '../picture/sample.js';
import { type Learner, type TrainingData, trainingData } from './learner.js';
import type { EpochRecord } from './loop.js';
import { type PatchSize, requireSides } from './patches.js';
import { findSchedule } from './schedule.js';
import { type OptimisedOptions, type Trained, trainModel } from './trainModel.js';

/** The patches that are trained on. */
export interface Patches {
  /**
   * Side of a square, or height and width, in pixels: for the U-Net multiples of 16, at most those of the
   * smallest sample.
   */
  readonly size: PatchSize;
  /** Patches in one epoch. */
  readonly perEpoch: number;
  /** Whether half of them are mirrored each way; default: false. */
  readonly flips?: boolean;
}

/** How to learn; what is left out is as in `TRAINING`, or `FINETUNING`. */
export interface LearningOptions {
  readonly epochs?: number;
  /** Patches in one update. */
  readonly batch?: number;
  readonly learningRate?: number;
  /** adam, rmsprop or sgd. */
  readonly optimizer?: string;
  /** Schedule of the learning rate: constant, linear or cosine. */
  readonly schedule?: string;
  readonly patch?: Partial<Patches>;
  /** Part of the samples, the last ones, that picks the best model and is not trained on. */
  readonly validation?: number;
  /** Stop after this many epochs without a better validation score; 0: never. */
  readonly patience?: number;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0: never. */
  readonly clip?: number;
  /** Part of each parameter that is added to its gradient (L2); default: 0. */
  readonly weightDecay?: number;
  /** Seed of all random choices; default: 1. The same seed gives the same bits, on any engine. */
  readonly seed?: number;
  /** Further metadata for a file of the model, such as the data set of its samples. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** What computes a training, who is told of its progress, and what may stop it. */
export interface WatchOptions {
  /** Default: a new one, on one thread. */
  readonly engine?: Engine;
  /** Stops the training after the update under way; what was learned until then is returned. */
  readonly signal?: AbortSignal;
  /** Called after each of `total` updates. */
  readonly onUpdate?: (done: number, total: number, loss: number) => void;
  /** Called after each epoch, with the model as it is then. */
  readonly onEpoch?: (record: EpochRecord, model: Model) => void;
}

/** The options that have a default. */
export type LearningDefaults = Required<Omit<LearningOptions, 'seed' | 'notes' | 'patch'>> & {
  readonly patch: Required<Patches>;
};

/** Defaults for training a U-Net. */
export const TRAINING: LearningDefaults = {
  ...{ epochs: 12, batch: 16, learningRate: 1e-3, optimizer: 'adam', schedule: 'cosine' },
  patch: { size: 48, perEpoch: 2000, flips: false },
  ...{ validation: 0.1, patience: 0, clip: 0, weightDecay: 0 },
};

/** Defaults for fine-tuning a converted spiking network. */
export const FINETUNING: LearningDefaults = {
  ...TRAINING,
  ...{ epochs: 1, batch: 8, learningRate: 1e-4 },
  patch: { ...TRAINING.patch, perEpoch: 1600 },
};

/** A training that is ready to run. */
export interface PreparedTraining {
  readonly start: Model;
  readonly data: TrainingData;
  readonly options: OptimisedOptions;
  /**
   * Makes the learner of a model, the start or one that was saved later; `onImage` gets each validated image.
   */
  makeLearner(engine: Engine, model: Model, onImage?: OnImage): Learner;
}

/** What differs between the kinds of training. */
export interface Kind {
  readonly defaults: LearningDefaults;
  readonly start: Model;
  /** Whether the start is measured, so that the best model is never worse than it. */
  readonly measureStart: boolean;
  learner(engine: Engine, model: Model, data: TrainingData, onImage?: OnImage): Learner;
}

/**
 * Checks options and samples: UsageError for options that make no sense, DataError for samples that the model
 * cannot learn from.
 */
export function prepareLearning(
  samples: readonly Sample[],
  given: LearningOptions,
  { defaults, start, measureStart, learner }: Kind,
): PreparedTraining {
  const options = { ...defaults, seed: USUAL_SEED, ...given };
  const { epochs, batch, learningRate, schedule, optimizer, validation, patience } = options;
  const { clip, weightDecay, seed } = options;
  const patch = { ...defaults.patch, ...given.patch };
  checkOptions({ ...options, patch });
  requireSides('patch', patch.size, start.layers);
  checkSamples(samples, start);
  const data = trainingData(samples, validation, patch.size, seed, patch.flips);
  const updatesPerEpoch = Math.ceil(patch.perEpoch / batch);
  const saveEvery = Number.POSITIVE_INFINITY;
  return {
    ...{ start, data },
    options: {
      ...{ epochs, batch, updatesPerEpoch, learningRate, schedule, optimizer, patience },
      ...{ clip, weightDecay },
      ...{ measureStart, saveEvery },
    },
    makeLearner: (engine, model, onImage) => learner(engine, model, data, onImage),
  };
}

/** Runs a prepared training; it reads and writes no files. */
export async function runTraining(
  { start, options, makeLearner }: PreparedTraining,
  { engine, signal = new AbortController().signal, onUpdate, onEpoch }: WatchOptions,
): Promise<Trained> {
  const computing = engine ?? chooseEngine();
  try {
    return await trainModel(makeLearner(computing, start), options, { onUpdate, onEpoch }, signal);
  } finally {
    if (!engine) computing.dispose();
  }
}

function checkOptions(options: LearningDefaults): void {
  const { epochs, batch, patch, patience, learningRate, clip, weightDecay, validation } = options;
  const wholes = { epochs, batch, 'patch.perEpoch': patch.perEpoch };
  for (const [name, value] of Object.entries(wholes))
    require(Number.isInteger(value) && value >= 1, name, value, 'a whole number of at least 1');
  require(Number.isInteger(patience) && patience >= 0, 'patience', patience, 'a whole number of at least 0');
  require(learningRate > 0 && Number.isFinite(learningRate), 'learningRate', learningRate, 'above 0');
  for (const [name, value] of Object.entries({ clip, weightDecay }))
    require(value >= 0 && Number.isFinite(value), name, value, 'a number of at least 0');
  require(validation > 0 && validation < 1, 'validation', validation, 'a part, between 0 and 1');
  findSchedule(options.schedule);
  findOptimiser(options.optimizer);
}

function require(good: boolean, name: string, got: number, expected: string): void {
  if (!good) throw new UsageError(`${name} ${got}: expected ${expected}`);
}

/** Refuses samples that a model cannot read, or has nothing to learn from (DataError). */
export function checkSamples(samples: readonly Sample[], { configuration }: Model): void {
  const { task, channels, classes } = configuration;
  if (samples.length === 0) throw new DataError('samples: got none, expected at least one');
  const other = samples.find((sample) => sample.channels !== channels);
  if (other)
    throw new DataError(`${other.name}: has ${other.channels} channels, the network reads ${channels}`);
  if (task === 'denoise') return;
  const without = samples.find(({ label }) => !label);
  if (without) throw new DataError(`${without.name}: has no label, a network to segment learns from labels`);
  checkLabels(samples, classes);
}
