/** The options of `train` that train a spiking network with its neurons in place. */

import type { Command } from 'commander';
import { CONVERSION, voltsOf } from '../../lib/convert/convertOptions.js';
import { DEFAULT_STEPS } from '../../lib/convert/usualSteps.js';
import { UsageError } from '../../lib/core/error.js';
import { batchNormalisations } from '../../lib/neuron/batchNormalisation.js';
import { findNeuron, neurons } from '../../lib/neuron/index.js';
import type { SpikeDerivative } from '../../lib/neuron/neuron.js';
import { surrogates } from '../../lib/neuron/surrogate.js';
import type { DirectLearning } from '../../lib/train/trainDirectly.js';
import { addNeuronOptions, givenParameters, refuseParameters } from './neuronOptions.js';
import { flagOf } from './optionNames.js';
import { addPotentialOption, oneOf, stepCount } from './parse.js';
import { type ThresholdOption, thresholdOption } from './thresholdOption.js';

/** Options --surrogate and --reset-gradient, of training through time. */
export interface SurrogateOptions {
  readonly surrogate?: string;
  readonly resetGradient?: SpikeDerivative['reset'];
}

export interface DirectOptions extends SurrogateOptions {
  readonly direct: boolean;
  readonly neuron?: string;
  readonly steps?: number;
  readonly thresholds?: ThresholdOption;
  readonly poolings?: 'neurons' | 'exact';
  readonly normalise?: string;
  readonly vInit?: number | 'half';
}

export function addDirectOptions(command: Command): void {
  const trainable = Object.values(neurons).filter(({ back }) => back);
  command
    .option('--direct', 'train a spiking network, with its neurons in place, through time', false)
    .option(
      '--neuron <name>',
      `with --direct: ${trainable.map(({ name, summary }) => `${name}: ${summary}`).join('; ')} (default: ${CONVERSION.neuron})`,
    )
    .option('--steps <T>', `with --direct: time steps (default: ${DEFAULT_STEPS})`, stepCount);
  addSurrogateOptions(command, 'with --direct: ');
  command
    .option(
      '--thresholds <list>',
      "with --direct: how many (then 0.5, 0.25, ..), or volts from high to low (default: the neuron's)",
      thresholdOption,
    )
    .option(
      '--poolings <kind>',
      `with --direct: neurons, or exact: poolings pass on the mean of the spikes that they read (default: ${CONVERSION.poolings})`,
      oneOf('neurons', 'exact'),
    );
  const kinds = Object.values(batchNormalisations).map(({ name, summary }) => `${name}: ${summary}`);
  command.option(
    '--normalise <kind>',
    `with --direct: none, or batch normalisation of currents: ${kinds.join('; ')} (default: none)`,
    oneOf('none', ...Object.keys(batchNormalisations)),
  );
  addNeuronOptions(command, neurons, 'direct');
  addPotentialOption(command);
}

export function addSurrogateOptions(command: Command, where: string): void {
  const described = Object.values(surrogates).map(({ name, summary }) => `${name}: ${summary}`);
  command
    .option(
      '--surrogate <name>',
      `${where}derivative of a spike: ${described.join('; ')} (default: the neuron's)`,
      oneOf(...Object.keys(surrogates)),
    )
    .option(
      '--reset-gradient <kind>',
      `${where}detached: no gradient flows through a reset; attached: it does (default: the neuron's)`,
      oneOf('detached', 'attached'),
    );
}

/**
 * The options of direct training; undefined without --direct. UsageError for its options without --direct,
 * and for those that a directly trained network does not have.
 */
export function directLearning(command: DirectOptions): DirectLearning | undefined {
  const {
    direct,
    steps = DEFAULT_STEPS,
    thresholds,
    poolings,
    normalise,
    vInit,
    surrogate,
    resetGradient,
  } = command;
  if (!direct) {
    const names = [
      'neuron',
      'steps',
      'thresholds',
      'poolings',
      'normalise',
      'vInit',
      'surrogate',
      'resetGradient',
    ] as const;
    const alone = names.find((name) => command[name] !== undefined);
    if (alone) throw new UsageError(`${flagOf(alone)}: a U-Net has none: leave it out, or add --direct`);
    refuseParameters({ ...command }, neurons, 'a U-Net has none: leave it out, or add --direct');
    return undefined;
  }
  const neuron = findNeuron(command.neuron ?? CONVERSION.neuron);
  const common = thresholds?.common;
  if (common === 'auto' || (thresholds && thresholds.byLayer.size > 0))
    throw new UsageError('--thresholds: with --direct all layers share a list of volts, or a number');
  return {
    ...{ neuron, steps, surrogate, resetGradient, poolings, initialPotential: vInit },
    batchNormalisation: normalise === 'none' ? undefined : normalise,
    thresholds: common === undefined ? undefined : voltsOf(common, neuron),
    parameters: givenParameters({ ...command }, neuron, neurons),
  };
}
