/** Loss and gradients of the U-Net on one example, and of any network on a batch. */

import { backward, unetTrace } from '../engine/backward.js';
import type { Kernels } from '../engine/contract.js';
import { forward } from '../engine/forward.js';
import { OUTPUT } from '../net/architecture.js';
import { type Network, signalOf } from '../net/network.js';
import { mapParameters, type Parameters } from '../net/parameters.js';
import type { Example } from './example.js';
import { lossOf } from './lossOf.js';

export interface LossGradient {
  readonly loss: number;
  readonly gradients: Parameters;
}

/** Conventional back-propagation (section 3.1). The gradients live in the scope of the caller. */
export function unetGradient(kernels: Kernels, network: Network, example: Example): LossGradient {
  const { height, width } = example;
  const signals = forward(kernels, network, example.input, height, width);
  const { loss, gradOutput } = lossOf(kernels, signalOf(signals, OUTPUT), example);
  const trace = unetTrace(network, signals, height, width);
  return { loss, gradients: backward(kernels, network, trace, gradOutput) };
}

/**
 * The mean over a batch: ((g1 + g2) + g3 + ..) / B, each sample's gradient summed on its own first, so that the
 * result does not depend on who computes which sample. It lives in the scope of the caller.
 */
export function batchGradient(
  kernels: Kernels,
  examples: readonly Example[],
  gradient: (e: Example) => LossGradient,
): LossGradient {
  let loss = 0;
  let sums: Parameters | undefined;
  kernels.frozen(() => {
    for (const example of examples) {
      kernels.scope((keep) => {
        const part = gradient(example);
        loss += part.loss;
        if (sums) for (const [name, sum] of sums) kernels.addInto(sum, part.gradients.get(name)!);
        else sums = mapParameters(part.gradients, keep);
      });
    }
  });
  for (const sum of sums!.values()) kernels.divideBy(sum, examples.length);
  return { loss: loss / examples.length, gradients: sums! };
}
