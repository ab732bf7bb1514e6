/** What the training loop trains: a U-Net by back-propagation, or a spiking network. */

import { type SpikingModel, withBits } from '../convert/spikingModel.js';
import { UsageError } from '../core/error.js';
import { type Engine, withProgram } from '../engine/door.js';
import { backprop } from '../engine/learn/backprop.js';
import type { Example, Method } from '../engine/learn/method.js';
import type { Trainer, TrainerOptions } from '../engine/learn/trainer.js';
import { type Run, unetRun } from '../engine/predict.js';
import type { Program } from '../engine/program.js';
import { spikingRun } from '../engine/readout.js';
import { evaluateTask, requireScore, type ScoredEvaluation } from '../measure/evaluateTask.js';
import type { OnImage } from '../measure/imageResult.js';
import type { Model } from '../model/model.js';
import type { Parameters } from '../net/parameters.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { Sample } from '../picture/sample.js';
import { drawExample } from './example.js';
import { type PatchSize, requireRoom } from './patches.js';
import { roundingOf, type SpikingLearning, widthsOf } from './spikingMethods.js';

/** A model that is trained, and how it is validated. */
export interface Learner {
  /** The model that training starts from. */
  readonly model: Model;
  newTrainer(options: TrainerOptions): Trainer;
  example(epoch: number, index: number): Example;
  /** The model that these parameters are for: what is validated, and what a training returns. */
  finished(parameters: Parameters): Model;
  /** Scores the finished model on the validation samples. */
  validate(parameters: Parameters): ScoredEvaluation;
}

/** The samples of a run; validation samples pick the best model and are never trained on. */
export interface TrainingData {
  readonly train: readonly Sample[];
  readonly validation: readonly Sample[];
  /** Sides in pixels that the network's operations divide without remainder. */
  readonly patchSize: PatchSize;
  /** Whether patches are mirrored at random. */
  readonly flips: boolean;
  readonly seed: number;
}

/**
 * Splits samples: the last `fraction` of them, at least one, validates; the others are trained on. UsageError
 * where none is left to train on, or where a patch is larger than an image.
 */
export function trainingData(
  samples: readonly Sample[],
  fraction: number,
  patchSize: PatchSize,
  seed: number,
  flips = false,
): TrainingData {
  const count = Math.max(1, Math.round(fraction * samples.length));
  if (count >= samples.length) {
    throw new UsageError(`validation ${fraction}: leaves none of ${samples.length} samples to train on`);
  }
  requireRoom(samples, patchSize);
  return { train: samples.slice(0, -count), validation: samples.slice(-count), patchSize, flips, seed };
}

/** A U-Net that learns by back-propagation; DataError where its validation images give no score. */
export function unetLearner(engine: Engine, model: Model, data: TrainingData, onImage?: OnImage): Learner {
  return newLearner(engine, model, data, { method: backprop, runOf: unetRun, onImage });
}

/**
 * A spiking network that learns by a method of spikingMethods.ts and is validated over T steps; DataError
 * where its validation images give no score.
 */
export function spikingLearner(
  engine: Engine,
  model: SpikingModel,
  data: TrainingData,
  method: Method<SpikingNetwork>,
  learning: SpikingLearning,
  onImage?: OnImage,
): Learner {
  const { task } = model.configuration;
  const { steps, mode = 'auto' } = learning;
  const runOf = (program: Program) => spikingRun(program, task, { steps, mode });
  const widths = widthsOf(learning);
  const finished = (trained: SpikingModel) =>
    widths ? withBits(trained, widths, roundingOf(learning), 'learned') : trained;
  return newLearner<SpikingModel>(engine, model, data, { method, runOf, finished, onImage });
}

interface Learning<N extends Model> {
  readonly method: Method<N>;
  /** How the network is run for validation. */
  runOf(program: Program): Run;
  /** What is made of the model with its learned parameters; left out: nothing. */
  finished?(model: N): N;
  readonly onImage: OnImage | undefined;
}

function newLearner<N extends Model>(
  engine: Engine,
  model: N,
  { train, validation, ...data }: TrainingData,
  { method, runOf, finished = (trained) => trained, onImage }: Learning<N>,
): Learner {
  requireScore(model, validation);
  const source = { ...data, samples: train, task: model.configuration.task };
  const { seed } = data;
  const finish = (parameters: Parameters) => finished({ ...model, parameters });
  return {
    model,
    newTrainer: (options) => engine.trainer(model, method, options),
    example: (epoch, index) => drawExample(source, epoch, index),
    finished: finish,
    validate: (parameters) =>
      withProgram(engine, finish(parameters), (program) =>
        evaluateTask(model, validation, runOf(program), { seed }, onImage),
      ),
  };
}
