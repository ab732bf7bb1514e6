/** What a layer of a spiking network may have besides its weight and bias, for reading files. */

import { DataError } from '../core/error.js';
import type { Layer } from '../net/architecture.js';
import { isStatistic } from '../net/parameters.js';
import { amplitudeShapes } from './amplitudes.js';
import { batchNormalisations } from './batchNormalisation.js';
import { normalisationShapes, setsOf } from './normalisedParameters.js';

/** Shapes by name, in the order in which parameters are kept; `sets` are those of a normalisation. */
export function addedShapes(layer: Layer, sets: number): ReadonlyMap<string, number[]> {
  return new Map([...amplitudeShapes(layer), ...normalisationShapes(layer, sets)]);
}

/** The added parameters that an optimiser changes. */
export function learnedShapes(layer: Layer, sets: number): ReadonlyMap<string, number[]> {
  return new Map([...addedShapes(layer, sets)].filter(([name]) => !isStatistic(name)));
}

/**
 * How many sets of statistics each layer has, by the notes of a file (convert/notes.ts reads all of them);
 * DataError where each step has one, but nothing says how many there are.
 */
export function setsIn(notes: Readonly<Record<string, string>>): number {
  const { batchNormalisation: name = '', steps } = notes;
  const kind = Object.hasOwn(batchNormalisations, name) ? batchNormalisations[name] : undefined;
  if (!kind || kind.sharesSteps) return 1;
  const T = Number(steps);
  if (Number.isInteger(T) && T >= 1) return setsOf(kind, T);
  throw new DataError(`"steps": ${steps ?? 'missing'}, expected how many ${name} was trained for`);
}
