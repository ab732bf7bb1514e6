/** What a layer of a spiking network may have besides its weight and bias, for reading files. */

import type { Layer } from '../net/architecture.js';
import { isStatistic } from '../net/parameters.js';
import { amplitudeShapes } from './amplitudes.js';
import { normalisationShapes } from './normalisedParameters.js';

/** Shapes by name, in the order in which parameters are kept. */
export function addedShapes(layer: Layer): ReadonlyMap<string, number[]> {
  return new Map([...amplitudeShapes(layer), ...normalisationShapes(layer)]);
}

/** The added parameters that an optimiser changes. */
export function learnedShapes(layer: Layer): ReadonlyMap<string, number[]> {
  return new Map([...addedShapes(layer)].filter(([name]) => !isStatistic(name)));
}
