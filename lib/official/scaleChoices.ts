/** Choices of normalisation that the authors' code makes differently (docs/audit.md), by name. */

import { shortSlices } from './shortSlices.js';
import { tensorLambda } from './tensorLambda.js';

/** By the name of its option; the first of each is the paper's, and changes nothing. */
export const scaleDepartures = {
  /** Layer-wise: where the lambda of an input comes from. */
  layerInput: { relu: {}, tensor: tensorLambda },
  /** Connection-wise: which channels of a part are scaled. */
  slices: { whole: {}, short: shortSlices },
} as const;

export type Departures = typeof scaleDepartures;

export type ScaleChoices = { readonly [Name in keyof Departures]: keyof Departures[Name] };

/** The paper's choices. */
export const PAPER_SCALES: ScaleChoices = { layerInput: 'relu', slices: 'whole' };

/** The pieces that replace the paper's. */
export function scaleDeparturesOf({ layerInput, slices }: ScaleChoices) {
  return { ...scaleDepartures.layerInput[layerInput], ...scaleDepartures.slices[slices] };
}
