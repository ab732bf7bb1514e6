/**
 * Loss and gradient of a batch, by any method. The order of the sums is fixed, so that the result does not
 * depend on which thread computes which example.
 */

import { UsageError } from '../../core/error.js';
import type { Network } from '../../net/network.js';
import { mapParameters, type Parameters } from '../../net/parameters.js';
import { foldAmplitudes, unfoldGradients } from '../../neuron/amplitudes.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Kernels } from '../kernels/contract.js';
import { requireExample } from './checkedExample.js';
import type { Example, LossGradient, Method } from './method.js';

/**
 * The mean over a batch: ((g1 + g2) + g3 + ..) / B, each example's gradient summed on its own first; with
 * respect to all parameters, amplitudes among them. It lives in the scope of the caller. Errors: see
 * `requireExample`, and NotFiniteError.
 */
export function batchGradient<N extends Network>(
  kernels: Kernels,
  network: N,
  method: Method<N>,
  examples: readonly Example[],
): LossGradient {
  for (const example of examples) requireExample(network, example);
  requireNormalisable(network, method);
  const { layers } = network;
  const parameters = foldAmplitudes(layers, network.parameters);
  const release = kernels.hold(parameters.values());
  try {
    const folded = { ...network, parameters };
    const { gradients, ...rest } =
      method.gradientOfBatch?.(kernels, folded, examples) ?? meanGradient(kernels, folded, method, examples);
    return { gradients: unfoldGradients(layers, network.parameters, gradients), ...rest };
  } finally {
    release();
  }
}

/** Refuses batch normalisation for a method that takes examples one by one (UsageError). */
function requireNormalisable<N extends Network>(network: N, { name, gradientOfBatch }: Method<N>): void {
  const { batchNormalisation }: Partial<SpikingNetwork> = network;
  if (!batchNormalisation || gradientOfBatch) return;
  const orFold = batchNormalisation.sharesSteps ? ', or fold that into its weights first' : '';
  throw new UsageError(
    `${name}: the network normalises currents over a batch: train it through time${orFold}`,
  );
}

/** The mean over a batch of a method that takes examples one by one; it lives in the scope of the caller. */
export function meanGradient<N extends Network>(
  kernels: Kernels,
  network: N,
  { gradient }: Pick<Method<N>, 'gradient'>,
  examples: readonly Example[],
): LossGradient {
  let loss = 0;
  let sums: Parameters | undefined;
  for (const example of examples) {
    kernels.scope((keep) => {
      const part = gradient(kernels, network, example);
      loss += part.loss;
      if (sums) for (const [name, sum] of sums) kernels.addInto(sum, part.gradients.get(name)!);
      else sums = mapParameters(part.gradients, keep);
    });
  }
  if (!sums) throw new Error('a batch needs at least one example');
  for (const sum of sums.values()) kernels.divideBy(sum, examples.length);
  return { loss: loss / examples.length, gradients: sums };
}
