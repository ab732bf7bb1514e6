/**
 * Training a spiking network with its neurons in place (direct training, section 4.2 of the paper), by
 * back-propagation through time: from random weights, or from those of a U-Net.
 */

import { type DirectChoice, directModel } from '../convert/directModel.js';
import { type SpikingModel, toTrainableModel } from '../convert/spikingModel.js';
import { throughTime } from '../engine/learn/throughTime.js';
import { checkSteps } from '../engine/simulate/simulation.js';
import type { Model } from '../model/model.js';
import { findBatchNormalisation } from '../neuron/batchNormalisation.js';
import { derivativeFor } from '../neuron/derivative.js';
import type { Neurons } from '../neuron/index.js';
import type { SpikeDerivative } from '../neuron/neuron.js';
import type { Sample } from '../picture/sample.js';
import { spikingLearner } from './learner.js';
import {
  type LearningOptions,
  type PreparedTraining,
  prepareLearning,
  runTraining,
  TRAINING,
  type WatchOptions,
} from './learning.js';
import type { Trained } from './trainModel.js';
import { startOf, type UnetOptions } from './trainUnet.js';

/** How the neurons of a network learn. */
export interface DirectLearning extends DirectChoice {
  /** The derivative of a spike: a name in `surrogates`; default: that of the neuron's authors. */
  readonly surrogate?: string | undefined;
  /** Whether gradients flow through the reset; default: as the neuron's authors have it. */
  readonly resetGradient?: SpikeDerivative['reset'] | undefined;
}

export interface TrainDirectlyOptions extends Partial<UnetOptions>, LearningOptions, WatchOptions {
  readonly direct: DirectLearning;
  /** A U-Net whose weights are the start, unchanged, in place of random ones. */
  readonly from?: Model;
  /** The table that has the neuron; default: the neurons of this package. */
  readonly neurons?: Neurons;
}

/**
 * Prepares training through time of a network from `directStart`; `measureStart`: it has been trained before.
 */
export function prepareDirect(
  start: SpikingModel,
  samples: readonly Sample[],
  direct: DirectLearning,
  options: Pick<TrainDirectlyOptions, 'neurons'> & LearningOptions,
  measureStart: boolean,
): PreparedTraining {
  const { neuron, steps, surrogate, resetGradient } = direct;
  const method = throughTime({ steps, derivative: derivativeFor(neuron, surrogate, resetGradient) });
  return prepareLearning(samples, options, {
    ...{ defaults: TRAINING, start, measureStart },
    learner: (engine, model, data, onImage) => {
      const network = toTrainableModel(model, 'the model', options.neurons);
      return spikingLearner(engine, network, data, method, { steps }, onImage);
    },
  });
}

/** The network that direct training starts from, with its notes. */
export function directStart(network: Model, direct: DirectLearning): SpikingModel {
  const { surrogate, resetGradient, steps } = direct;
  checkSteps(steps);
  const derivative = derivativeFor(direct.neuron, surrogate, resetGradient);
  if (direct.batchNormalisation) findBatchNormalisation(direct.batchNormalisation);
  const notes = { surrogate: derivative.surrogate.name, resetGradient: derivative.reset };
  return directModel({ ...network, notes: { ...network.notes, ...notes } }, direct);
}

/**
 * Trains a spiking network directly, without converting a U-Net, and returns the model with the best
 * validation score. Samples are as in `train`.
 * @throws UsageError for options that make no sense; DataError for samples that do not fit; DivergedError
 *   where the loss or a gradient is no longer finite
 */
export async function trainDirectly(
  samples: readonly Sample[],
  options: TrainDirectlyOptions,
): Promise<Trained> {
  const { direct, from } = options;
  const start = directStart(startOf(samples, options), direct);
  return runTraining(prepareDirect(start, samples, direct, options, from !== undefined), options);
}
