/** Fine-tuning a spiking network by ASF-BP (section 3.4, Algorithm 1). */

import { type SpikingModel, toTrainableModel, withNotes } from '../convert/spikingModel.js';
import { stepsOf } from '../convert/usualSteps.js';
import { USUAL_SEED } from '../core/rng.js';
import { checkSteps } from '../engine/simulate/simulation.js';
import { hashOfModel, type Model } from '../model/model.js';
import { type Neurons, neurons } from '../neuron/index.js';
import type { Sample } from '../picture/sample.js';
import { type AsfLearning, asfLearner } from './learner.js';
import {
  FINETUNING,
  type LearningOptions,
  type PreparedTraining,
  prepareLearning,
  runTraining,
  type WatchOptions,
} from './learning.js';
import type { Trained } from './trainModel.js';

export interface FinetuneOptions extends Partial<AsfLearning>, LearningOptions, WatchOptions {
  /** Knows the model's neuron; default: the neurons of this package. */
  readonly neurons?: Neurons;
}

/** ASF-BP from a start, which its notes say. */
export function prepareFinetuning(
  start: SpikingModel,
  samples: readonly Sample[],
  learning: AsfLearning,
  options: Pick<FinetuneOptions, 'neurons'> & LearningOptions,
): PreparedTraining {
  return prepareLearning(samples, options, {
    ...{ defaults: FINETUNING, start, measureStart: true },
    learner: (engine, model, data, onImage) =>
      asfLearner(engine, toTrainableModel(model, 'the model', options.neurons), data, learning, onImage),
  });
}

/** A spiking network that is to be fine-tuned for T steps, with what is noted of it. */
export function finetuningStart(
  model: SpikingModel,
  steps: number,
  notes: Readonly<Record<string, string>>,
): SpikingModel {
  return withNotes({ ...model, notes: { ...model.notes, ...notes } }, { steps });
}

/**
 * Fine-tunes a spiking network (Algorithm 1) on patches of samples, and returns the best that was
 * validated; never worse than the start, on the samples that judge. T (`steps`) is by default what the
 * network was made for; `pieces` take the place of steps of the algorithm. Inputs are [H,W,C] in 0..1,
 * preprocessed; labels [H,W] hold class ids.
 * @throws DataError where the model is no spiking network, or samples do not fit; UsageError for options
 * that make no sense; DivergedError where the loss or a gradient becomes no number
 */
export async function finetune(
  model: Model,
  samples: readonly Sample[],
  options: FinetuneOptions = {},
): Promise<Trained> {
  const { seed = USUAL_SEED, notes, mode = 'auto', pieces = {}, neurons: table = neurons } = options;
  const spiking = toTrainableModel(model, 'the model', table);
  const steps = options.steps ?? stepsOf(spiking.conversion);
  checkSteps(steps);
  const about = { parent: hashOfModel(model), seed: String(seed), ...notes };
  const { run: _, ...known } = spiking.notes; // the id of a run folder, which this training has not
  const start = finetuningStart({ ...spiking, notes: known }, steps, about);
  const prepared = prepareFinetuning(start, samples, { steps, mode, pieces }, options);
  return runTraining(prepared, options);
}
