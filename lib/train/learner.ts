/** What the training loop trains: a U-Net by back-propagation, or a spiking network by ASF-BP. */

import type { SpikingModel } from '../convert/spikingModel.js';
import { UsageError } from '../core/error.js';
import type { Kernels } from '../engine/contract.js';
import { type Run, unetRun } from '../engine/predict.js';
import { spikingRun } from '../engine/readout.js';
import { evaluateTask, type OnImage, requireScore, type ScoredEvaluation } from '../measure/evaluateTask.js';
import type { Model } from '../model/model.js';
import { foldAmplitudes } from '../neuron/amplitudes.js';
import type { Sample } from '../picture/sample.js';
import { type AsfOptions, asfGradient } from './asfGradient.js';
import { unetGradient } from './backprop.js';
import { drawExample } from './example.js';
import type { Learner } from './loop.js';
import { type PatchSize, requireRoom } from './patches.js';

/** The samples of a run; validation samples pick the best model and are never trained on. */
export interface TrainingData {
  readonly train: readonly Sample[];
  readonly validation: readonly Sample[];
  /** Sides are multiples of 16. */
  readonly patchSize: PatchSize;
  /** Whether patches are mirrored at random. */
  readonly flips: boolean;
  readonly seed: number;
}

/** Noise level at which denoisers are validated, in grey levels: the middle one of the paper's three. */
const VALIDATION_SIGMA = 25;

/**
 * Splits samples into those that are trained on and the last `fraction` of them, at least one, that validates.
 * UsageError where nothing is left to train on or where a patch is larger than an image.
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
    throw new UsageError(`--validation ${fraction}: leaves none of ${samples.length} samples to train on`);
  }
  requireRoom(samples, patchSize);
  return { train: samples.slice(0, -count), validation: samples.slice(-count), patchSize, flips, seed };
}

/** A U-Net that learns by back-propagation; DataError where its validation images can judge nothing. */
export function unetLearner(kernels: Kernels, model: Model, data: TrainingData, onImage?: OnImage): Learner {
  requireScore(model, data.validation);
  return {
    model,
    example: drawer(model, data),
    gradient: (example, parameters) => unetGradient(kernels, { ...model, parameters }, example),
    validate: () => kernels.frozen(() => validate(model, data, unetRun(kernels, model), onImage)),
  };
}

/** A spiking network that learns by ASF-BP (Algorithm 1); DataError where its validation images can judge nothing. */
export function asfLearner(
  kernels: Kernels,
  model: SpikingModel,
  data: TrainingData,
  options: AsfOptions,
  onImage?: OnImage,
): Learner {
  requireScore(model, data.validation);
  const run = () => {
    const parameters = foldAmplitudes(model.layers, model.parameters);
    const network = { ...model, parameters };
    return spikingRun(kernels, network, model.configuration.task, { ...options, keep: [] });
  };
  return {
    model,
    example: drawer(model, data),
    gradient: (example, parameters) => asfGradient(kernels, { ...model, parameters }, example, options),
    validate: () => kernels.frozen(() => validate(model, data, run(), onImage)),
  };
}

function drawer(model: Model, data: TrainingData): Learner['example'] {
  return (epoch, index) =>
    drawExample(data.train, model.configuration.task, data.patchSize, data.seed, epoch, index, data.flips);
}

function validate(model: Model, data: TrainingData, run: Run, onImage?: OnImage): ScoredEvaluation {
  const noise = { sigma: VALIDATION_SIGMA, seed: data.seed };
  return evaluateTask(model, data.validation, run, noise, onImage);
}
