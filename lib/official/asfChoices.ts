/**
 * Choices of ASF-BP that the paper leaves open or contradicts, or that the authors' code makes differently
 * (docs/audit.md), by name.
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
  /** Which spikes I_out sums. */
  flow: { fired: {}, gated: gatedFlow, counted: countedFlow },
} as const;

export type AsfDepartures = typeof asfDepartures;

export type AsfChoices = { readonly [Name in keyof AsfDepartures]: keyof AsfDepartures[Name] };

/** The pieces that replace the paper's. */
export function departuresOf({ logits, flowBias, flow }: Partial<AsfChoices>) {
  return {
    ...(logits && asfDepartures.logits[logits]),
    ...(flowBias && asfDepartures.flowBias[flowBias]),
    ...(flow && asfDepartures.flow[flow]),
  };
}
