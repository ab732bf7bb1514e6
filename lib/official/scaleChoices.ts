/** The names of what the authors' code normalises in another way (docs/audit.md), and what they stand for. */

import { shortSlices } from './shortSlices.js';
import { tensorLambda } from './tensorLambda.js';

/** By the name of its option; the first of each is the paper's, and changes nothing. */
export const scaleDepartures = {
  /** Layer-wise: where the lambda of an input is from. */
  layerInput: { relu: {}, tensor: tensorLambda },
  /** Connection-wise: which channels of a part are scaled. */
  slices: { whole: {}, short: shortSlices },
} as const;

export type Departures = typeof scaleDepartures;

export type ScaleChoices = { readonly [Name in keyof Departures]: keyof Departures[Name] };

/** Nothing but the paper's. */
export const PAPER_SCALES: ScaleChoices = { layerInput: 'relu', slices: 'whole' };

/** What to put in the place of the paper's pieces. */
export function scaleDeparturesOf({ layerInput, slices }: ScaleChoices) {
  return { ...scaleDepartures.layerInput[layerInput], ...scaleDepartures.slices[slices] };
}
