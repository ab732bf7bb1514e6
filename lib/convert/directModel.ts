/**
 * A spiking network that is not converted: neurons after layers whose weights stay as they are, to be trained
 * with the neurons in place (section 4.2 of the paper, "direct training"). It has no lambdas.
 */

import type { Model } from '../model/model.js';
import { withAmplitudes } from '../neuron/amplitudes.js';
import { findBatchNormalisation } from '../neuron/batchNormalisation.js';
import { neuronParameters } from '../neuron/index.js';
import { withNormalisation } from '../neuron/normalisedParameters.js';
import { formatNotes, type SpikingNotes } from './notes.js';
import { attachNeurons, type Choice, type SpikingModel } from './spikingModel.js';

/** What there is to decide of its neurons; what is left out is as their authors have it. */
export interface DirectChoice
  extends Pick<Choice, 'neuron' | 'initialPotential' | 'poolings' | 'batchNormalisation'> {
  /** T that it is trained for. */
  readonly steps: number;
  /** In volts, from high to low. */
  readonly thresholds?: readonly number[] | undefined;
  /** Other parameters of the neuron by name: leak, reset, spikeValues, and what only this neuron has. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** Puts neurons after the layers of a network whose weights stay as they are. */
export function directModel(network: Model, choice: DirectChoice): SpikingModel {
  const {
    neuron,
    initialPotential = 0,
    thresholds,
    parameters: others,
    poolings,
    steps,
    batchNormalisation,
  } = choice;
  const conversion: SpikingNotes = {
    ...{ neuron: neuron.name, ...neuronParameters(neuron, { thresholds, ...others }, 'direct') },
    ...{ initialPotential, poolings, batchNormalisation, steps, origin: 'direct' },
  };
  let { parameters } = network;
  if (neuron.learnsAmplitudes) parameters = withAmplitudes(network.layers, parameters);
  if (batchNormalisation) {
    const kind = findBatchNormalisation(batchNormalisation);
    parameters = withNormalisation(network.layers, parameters, kind, steps);
  }
  const notes = { ...network.notes, ...formatNotes(conversion) };
  return attachNeurons({ ...network, stage: 'snn', parameters, notes }, neuron, conversion);
}
