/**
 * Choices of ASF-BP that the paper leaves open or contradicts, or that the authors' code makes differently
 * (docs/audit.md), or that go beyond both, by name.
 */

import { biasOnce } from './biasOnce.js';
import { boundedGate } from './boundedGate.js';
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
  /** Where p = 1: where I_in > 0, or only where the neuron can also fire more (beyond the paper). */
  gate: { positive: {}, bounded: boundedGate },
} as const;

export type AsfDepartures = typeof asfDepartures;

export type AsfChoices = { readonly [Name in keyof AsfDepartures]: keyof AsfDepartures[Name] };

/** The pieces that replace the paper's. */
export function departuresOf({ logits, flowBias, flow, gate }: Partial<AsfChoices>) {
  return {
    ...(logits && asfDepartures.logits[logits]),
    ...(flowBias && asfDepartures.flowBias[flowBias]),
    ...(flow && asfDepartures.flow[flow]),
    ...(gate && asfDepartures.gate[gate]),
  };
}
