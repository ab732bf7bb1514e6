/**
 * What trainings of all kinds are told, what it is where nobody says (the command line takes the same
 * defaults), and how a training that was prepared is run. What is trained, and how, is trainUnet.ts's and
 * finetuneSpiking.ts's.
 */

import { DataError, UsageError } from '../core/error.js';
import { USUAL_SEED } from '../core/rng.js';
import { chooseEngine } from '../engine/choose.js';
import type { Engine } from '../engine/door.js';
import { findOptimiser } from '../engine/learn/optimiser.js';
import type { OnImage } from '../measure/evaluateTask.js';
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
   * Side of a square, or height and width, in pixels: multiples of 16 of the U-Net, at most those of the
   * smallest sample.
   */
  readonly size: PatchSize;
  /** How many make an epoch. */
  readonly perEpoch: number;
  /** Whether half of them are mirrored each way; default: false. */
  readonly flips?: boolean;
}

/** How to learn; what is left out is as in `TRAINING`, or `FINETUNING`. */
export interface LearningOptions {
  readonly epochs?: number;
  /** Patches an update. */
  readonly batch?: number;
  readonly learningRate?: number;
  /** adam or rmsprop. */
  readonly optimizer?: string;
  /** Of the learning rate: constant, linear or cosine. */
  readonly schedule?: string;
  readonly patch?: Partial<Patches>;
  /** Part of the samples, the last ones, that picks the best model and is not trained on. */
  readonly validation?: number;
  /** Stop after this many epochs without a better validation score; 0: never. */
  readonly patience?: number;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0: never. */
  readonly clip?: number;
  /** Of all that is random; default: 1. The same seed gives the same bits, on any engine. */
  readonly seed?: number;
  /** Whatever else a file of the model should say, such as the data set that its samples are of. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** Who computes, who watches, and who may stop a training. */
export interface WatchOptions {
  /** Default: one of its own, on one thread. */
  readonly engine?: Engine;
  /** Stops the training after the update under way; what was learned until then is returned. */
  readonly signal?: AbortSignal;
  /** After each of `total` updates. */
  readonly onUpdate?: (done: number, total: number, loss: number) => void;
  /** After each epoch; the model is as it is then. */
  readonly onEpoch?: (record: EpochRecord, model: Model) => void;
}

/** All that has a default. */
export type LearningDefaults = Required<Omit<LearningOptions, 'seed' | 'notes' | 'patch'>> & {
  readonly patch: Required<Patches>;
};

/** Of a U-Net. */
export const TRAINING: LearningDefaults = {
  ...{ epochs: 12, batch: 16, learningRate: 1e-3, optimizer: 'adam', schedule: 'cosine' },
  patch: { size: 48, perEpoch: 2000, flips: false },
  ...{ validation: 0.1, patience: 0, clip: 0 },
};

/** Of a spiking network that was converted. */
export const FINETUNING: LearningDefaults = {
  ...TRAINING,
  ...{ epochs: 1, batch: 8, learningRate: 1e-4 },
  patch: { ...TRAINING.patch, perEpoch: 1600 },
};

/** A training that has not begun. */
export interface PreparedTraining {
  readonly start: Model;
  readonly data: TrainingData;
  readonly options: OptimisedOptions;
  /** What learns, around a model that is the start or was saved later; `onImage` sees what is validated. */
  makeLearner(engine: Engine, model: Model, onImage?: OnImage): Learner;
}

/** What a kind of training adds to its options. */
export interface Kind {
  readonly defaults: LearningDefaults;
  readonly start: Model;
  /** Whether the start is measured, so that the best model is never worse than it. */
  readonly measureStart: boolean;
  learner(engine: Engine, model: Model, data: TrainingData, onImage?: OnImage): Learner;
}

/** UsageError for options that make no sense, DataError for samples that the model cannot learn from. */
export function prepareLearning(
  samples: readonly Sample[],
  given: LearningOptions,
  { defaults, start, measureStart, learner }: Kind,
): PreparedTraining {
  const options = { ...defaults, seed: USUAL_SEED, ...given };
  const { epochs, batch, learningRate, schedule, optimizer, validation, patience, clip, seed } = options;
  const patch = { ...defaults.patch, ...given.patch };
  checkOptions({ epochs, batch, learningRate, schedule, optimizer, validation, patience, clip, patch });
  requireSides('patch', patch.size, start.layers);
  checkSamples(samples, start);
  const data = trainingData(samples, validation, patch.size, seed, patch.flips);
  const updatesPerEpoch = Math.ceil(patch.perEpoch / batch);
  const saveEvery = Number.POSITIVE_INFINITY;
  return {
    ...{ start, data },
    options: {
      ...{ epochs, batch, updatesPerEpoch, learningRate, schedule, optimizer, patience, clip },
      ...{ measureStart, saveEvery },
    },
    makeLearner: (engine, model, onImage) => learner(engine, model, data, onImage),
  };
}

/** Runs a prepared training, on values alone. */
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
  const { epochs, batch, patch, patience, learningRate, clip, validation } = options;
  const wholes = { epochs, batch, 'patch.perEpoch': patch.perEpoch };
  for (const [name, value] of Object.entries(wholes))
    require(Number.isInteger(value) && value >= 1, name, value, 'a whole number of at least 1');
  require(Number.isInteger(patience) && patience >= 0, 'patience', patience, 'a whole number of at least 0');
  require(learningRate > 0 && Number.isFinite(learningRate), 'learningRate', learningRate, 'above 0');
  require(clip >= 0 && Number.isFinite(clip), 'clip', clip, 'a number of at least 0');
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
  if (samples.length === 0) throw new DataError('samples: there is not a single one');
  const other = samples.find((sample) => sample.channels !== channels);
  if (other)
    throw new DataError(`${other.name}: has ${other.channels} channels, the network reads ${channels}`);
  if (task === 'denoise') return;
  const without = samples.find(({ label }) => !label);
  if (without) throw new DataError(`${without.name}: has no label, a network to segment learns from labels`);
  checkLabels(samples, classes);
}
