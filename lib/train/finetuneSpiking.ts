/**
 * Fine-tuning a spiking network: by ASF-BP (section 3.4, Algorithm 1), or by back-propagation through time.
 */

import { numbersToLearn } from '../convert/keptNumbers.js';
import { type SpikingModel, toTrainableModel, withBits, withNotes } from '../convert/spikingModel.js';
import { stepsOf } from '../convert/usualSteps.js';
import { USUAL_SEED } from '../core/rng.js';
import { checkSteps } from '../engine/simulate/simulation.js';
import { hashOfModel, type Model } from '../model/model.js';
import { requireTrainedSteps } from '../neuron/checkNormalisation.js';
import { type Neurons, neurons } from '../neuron/index.js';
import type { Sample } from '../picture/sample.js';
import { spikingLearner } from './learner.js';
import {
  FINETUNING,
  type LearningOptions,
  type PreparedTraining,
  prepareLearning,
  runTraining,
  type WatchOptions,
} from './learning.js';
import { findSpikingMethod, type SpikingLearning, widthsOf } from './spikingMethods.js';
import type { Trained } from './trainModel.js';

export interface FinetuneOptions extends Partial<SpikingLearning>, LearningOptions, WatchOptions {
  /** asf (default; Algorithm 1) or bptt (back-propagation through time): see `spikingMethods`. */
  readonly method?: string;
  /** The table that has the model's neuron; default: the neurons of this package. */
  readonly neurons?: Neurons;
}

/** Prepares a training by a method of `spikingMethods`; the notes of the model name its start. */
export function prepareFinetuning(
  start: SpikingModel,
  samples: readonly Sample[],
  learning: SpikingLearning,
  options: Pick<FinetuneOptions, 'neurons' | 'method'> & LearningOptions,
): PreparedTraining {
  const method = findSpikingMethod(options.method ?? 'asf', learning);
  const widths = widthsOf(learning);
  if (widths) withBits(start, widths); // refuses what has no whole numbers
  return prepareLearning(samples, options, {
    ...{ defaults: FINETUNING, start, measureStart: true },
    learner: (engine, model, data, onImage) => {
      const network = toTrainableModel(model, 'the model', options.neurons);
      return spikingLearner(engine, network, data, method, learning, onImage);
    },
  });
}

/**
 * The spiking network that fine-tuning for T steps starts from, with its notes; UsageError for another T than
 * that of a network that normalises each step on its own.
 */
export function finetuningStart(
  model: SpikingModel,
  steps: number,
  notes: Readonly<Record<string, string>>,
): SpikingModel {
  requireTrainedSteps(model, steps);
  return withNotes({ ...model, notes: { ...model.notes, ...notes } }, { steps });
}

/**
 * Fine-tunes a spiking network, by default with Algorithm 1, on patches of samples. Returns the model with
 * the best validation score, which is never worse than that of the start. T (`steps`) is by default what the
 * network was made for; `pieces` replace parts of Algorithm 1, `derivative` belongs to `bptt`; with `bits` it
 * learns through the rounding of its weights, and becomes a network in whole numbers. Inputs are
 * [H,W,C] in 0..1, preprocessed; labels [H,W] hold class ids.
 * @throws DataError where the model is not a spiking network, or samples do not fit; UsageError for options
 *   that make no sense; DivergedError where the loss or a gradient is no longer finite
 */
export async function finetune(
  model: Model,
  samples: readonly Sample[],
  options: FinetuneOptions = {},
): Promise<Trained> {
  const {
    seed = USUAL_SEED,
    notes,
    mode,
    pieces,
    derivative,
    bits,
    bitsOf,
    membraneBits,
    neurons: table = neurons,
  } = options;
  const spiking = toTrainableModel(model, 'the model', table);
  const numbers = numbersToLearn(model, 'the model', { bits, bitsOf, membraneBits }, table);
  const steps = options.steps ?? stepsOf(spiking.conversion);
  checkSteps(steps);
  const about = { parent: hashOfModel(model), seed: String(seed), ...notes };
  const { run: _, ...known } = spiking.notes; // the id of a run folder: this training has none
  const start = finetuningStart({ ...spiking, notes: known }, steps, about);
  const prepared = prepareFinetuning(
    start,
    samples,
    { steps, mode, pieces, derivative, ...numbers },
    options,
  );
  return runTraining(prepared, options);
}
