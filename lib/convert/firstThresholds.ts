/**
 * A network whose neurons have only their largest thresholds: coarser, with the same weights. It is a network
 * of its own: neurons that start at half of their smallest threshold do so with those that are left, and
 * layers read what the coarser ones before them fire.
 */

import { UsageError } from '../core/error.js';
import { attachNeurons, type SpikingModel } from './spikingModel.js';

/** How many thresholds the neurons of a network have at most. */
export function mostThresholds({ conversion }: SpikingModel): number {
  const { thresholds, thresholdsOf = {} } = conversion;
  return Math.max(thresholds.length, ...Object.values(thresholdsOf).map(({ length }) => length));
}

/**
 * The network with the `count` largest thresholds of every layer, or all where a layer has fewer. UsageError
 * for a network in whole numbers, whose units follow from its smallest thresholds: cut it before.
 */
export function withFirstThresholds(model: SpikingModel, count: number): SpikingModel {
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`${count} thresholds: expected a whole number of at least 1`);
  if (model.bits !== undefined)
    throw new UsageError('the network is in whole numbers: cut its thresholds first');
  if (count >= mostThresholds(model)) return model;
  const { conversion } = model;
  const { thresholds, spikeValues, thresholdsOf } = conversion;
  const cut = {
    ...conversion,
    thresholds: thresholds.slice(0, count),
    spikeValues: spikeValues.slice(0, count),
    ...(thresholdsOf && {
      thresholdsOf: Object.fromEntries(
        Object.entries(thresholdsOf).map(([signal, own]) => [signal, own.slice(0, count)]),
      ),
    }),
  };
  return attachNeurons(model, model.neuron, cut);
}
