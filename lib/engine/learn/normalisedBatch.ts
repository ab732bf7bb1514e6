/**
 * Batch normalisation of a layer's currents while it is trained through time (throughTime.ts): which currents
 * share statistics, and the definitions of neuron/batchNormalisation.ts on each group of them. All steps of
 * all examples are a group, or each step of all examples is one. A group goes example by example, and in each
 * step by step.
 */

import { UsageError } from '../../core/error.js';
import type { Layer } from '../../net/architecture.js';
import type { Parameters } from '../../net/parameters.js';
import {
  type BatchNormalisation,
  type BatchStatistics,
  batchStatistics,
  normaliseBackward,
  normaliseForward,
} from '../../neuron/batchNormalisation.js';
import {
  channelScalesOf,
  isNormalised,
  namedGradients,
  runningAverages,
} from '../../neuron/normalisedParameters.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Frame } from '../kernels/frame.js';

type Batch = Pick<Frame<SpikingNetwork>, 'kernels' | 'network'>;
/** By example and step, [h,w,O] each. */
export type Currents = readonly (readonly Float32Array[])[];
/** The statistics of each normalised layer, by group. */
export type LayerStatistics = ReadonlyMap<Layer, readonly BatchStatistics[]>;

/** Currents that share statistics, group by group. */
function groupsOf({ sharesSteps }: BatchNormalisation, currents: Currents): Float32Array[][] {
  if (sharesSteps) return [currents.flat()];
  return currents[0].map((_, t) => currents.map((steps) => steps[t]));
}

/** The statistics of a layer's currents; undefined where it is not normalised. */
export function measure(
  { kernels, network }: Batch,
  layer: Layer,
  currents: Currents,
): BatchStatistics[] | undefined {
  const { batchNormalisation: kind } = network;
  if (!kind || !isNormalised(layer)) return undefined;
  return groupsOf(kind, currents).map((group) => {
    const statistics = batchStatistics(group, layer.channelsOut, kernels.channels);
    if (statistics.count > 1) return statistics;
    const more = kind.sharesSteps ? 'more steps, or more examples an update' : 'or more examples an update';
    throw new UsageError(
      `batch normalisation of ${layer.name}: a channel has 1 value in the batch, expected at least 2: ` +
        `take larger patches, ${more}`,
    );
  });
}

/**
 * What drives the neurons of a layer: its currents, normalised where there are statistics of it, in the scope
 * of the caller.
 */
export function normalise(
  { kernels, network }: Batch,
  layer: Layer,
  currents: Currents,
  statistics: LayerStatistics,
): Currents {
  const { batchNormalisation: kind } = network;
  const own = statistics.get(layer);
  if (!kind || !own) return currents;
  const out = currents.map((steps) => steps.map(({ length }) => kernels.tensor(length)));
  const [outGroups, groups] = [groupsOf(kind, out), groupsOf(kind, currents)];
  channelScalesOf(network, layer).forEach((scale, k) => {
    normaliseForward(outGroups[k], groups[k], own[k], scale, kernels.channels);
  });
  return out;
}

/**
 * dL/dI of the currents takes the place of that of the normalised ones, if there are statistics of the layer;
 * returns the gradients of what its normalisation learns, by name.
 */
export function throughNormalisation(
  { kernels, network }: Batch,
  layer: Layer,
  [gradients, currents]: readonly [Currents, Currents],
  statistics: LayerStatistics,
): [name: string, gradient: Float32Array][] {
  const { batchNormalisation: kind } = network;
  const own = statistics.get(layer);
  if (!kind || !own) return [];
  const [gradGroups, groups] = [groupsOf(kind, gradients), groupsOf(kind, currents)];
  const sets = channelScalesOf(network, layer).map((scale, k) =>
    normaliseBackward(gradGroups[k], groups[k], own[k], scale, kernels.channels),
  );
  return namedGradients(kind, layer, sets);
}

/** The running averages of all layers after the batch. */
export function averagesAfter({ parameters }: SpikingNetwork, statistics: LayerStatistics): Parameters {
  return new Map(
    [...statistics].flatMap(([layer, ofBatch]) => [...runningAverages(layer, parameters, ofBatch)]),
  );
}
