/** Checks of normalised networks: that their parameters can be used, and for which T. */

import { DataError, UsageError } from '../core/error.js';
import {
  channelScalesOf,
  isNormalised,
  normalisationLengths,
  normalisationShapes,
} from './normalisedParameters.js';
import type { SpikingNetwork } from './spikingNetwork.js';

/**
 * Refuses missing or impossible parameters of a network that is normalised for T steps, and parameters of
 * normalisation that its kind, or a network without any, does not have (DataError).
 */
export function checkNormalisation(network: SpikingNetwork, steps: number | undefined): void {
  const { layers, parameters, batchNormalisation: kind } = network;
  if (kind && !kind.sharesSteps && steps === undefined)
    throw new DataError(`"steps": missing, expected how many ${kind.name} was trained for`);
  for (const layer of layers) {
    const lengths = kind && normalisationLengths(layer, kind, steps ?? 1);
    for (const name of normalisationShapes(layer, 1).keys()) {
      const [values, length] = [parameters.get(name), lengths?.get(name)];
      if (length !== undefined) checkValues(name, values, length);
      else if (values)
        throw new DataError(
          kind
            ? `tensor ${name}: batch normalisation ${kind.name} has none`
            : `tensor ${name}: the network says of no batch normalisation that it has one`,
        );
    }
  }
}

/** Refuses a tensor that is missing, of another length, or a variance below 0. */
function checkValues(name: string, values: Float32Array | undefined, length: number): void {
  if (!values) throw new DataError(`tensor ${name} is missing, expected [${length}]`);
  if (values.length !== length)
    throw new DataError(`tensor ${name} has ${values.length} values, expected ${length}`);
  const bad = name.endsWith('.variance') ? values.findIndex((variance) => variance < 0) : -1;
  if (bad >= 0) throw new DataError(`tensor ${name}: ${values[bad]} at ${bad}, expected at least 0`);
}

/** Refuses another T than that of a network whose steps have their own statistics (UsageError). */
export function requireTrainedSteps(network: SpikingNetwork, steps: number): void {
  const { layers, batchNormalisation: kind } = network;
  const layer = layers.find(isNormalised);
  if (!layer || !kind || kind.sharesSteps) return;
  const { length: own } = channelScalesOf(network, layer);
  if (own === steps) return;
  throw new UsageError(
    `steps ${steps}: batch normalisation ${kind.name} has statistics of ${own} steps: train it with steps ${own}`,
    'steps',
  );
}
