/**
 * The names of what ASF-BP leaves open, contradicts, or does otherwise in the authors' code (docs/audit.md),
 * and what they stand for.
 */

import { biasOnce } from './biasOnce.js';
import { countedFlow } from './countedFlow.js';
import { gatedFlow } from './gatedFlow.js';
import { sumLogits } from './sumLogits.js';

/** By the name of its option; the first of each is the paper's, and changes nothing. */
export const asfDepartures = {
  /** How I_in of the last layer becomes the prediction. */
  logits: { mean: {}, sum: sumLogits },
  /** How often the bias is in I_in. */
  flowBias: { steps: {}, once: biasOnce },
  /** What I_out sums. */
  flow: { fired: {}, gated: gatedFlow, counted: countedFlow },
} as const;

export type AsfDepartures = typeof asfDepartures;

export type AsfChoices = { readonly [Name in keyof AsfDepartures]: keyof AsfDepartures[Name] };

/** What to put in the place of the paper's pieces. */
export function departuresOf({ logits, flowBias, flow }: Partial<AsfChoices>) {
  return {
    ...(logits && asfDepartures.logits[logits]),
    ...(flowBias && asfDepartures.flowBias[flowBias]),
    ...(flow && asfDepartures.flow[flow]),
  };
}
