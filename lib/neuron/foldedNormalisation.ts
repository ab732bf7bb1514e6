/**
 * A network that runs is normalised by running averages, so its normalisation is linear in the currents and
 * folds into the weights, W'[ky,kx,i,o] = fround(W[ky,kx,i,o] k_o) and b'_o = fround(k_o (b_o - mean_o) +
 * beta_o), with k = gamma s / d (batchNormalisation.ts), where k and b' are computed in float64. Where the
 * steps share statistics, the result is an ordinary network; else each step has a set of parameters.
 */

import type { Layer } from '../net/architecture.js';
import { layerParameters, namedParameters } from '../net/parameters.js';
import {
  channelScalesOf,
  isNormalised,
  isOfNormalisation,
  runningStatistics,
} from './normalisedParameters.js';
import type { SpikingNetwork } from './spikingNetwork.js';

/**
 * The network with normalisation folded into its weights, or into those of each step (`stepParameters`, of
 * which `parameters` are the first); the same network if it has none.
 */
export function foldNormalisation<N extends SpikingNetwork>(network: N): N {
  const { layers, parameters, batchNormalisation: kind } = network;
  if (!kind) return network;
  const plain = new Map([...parameters].filter(([name]) => !isOfNormalisation(name)));
  const folded = layers.filter(isNormalised).map((layer) => foldLayer(network, layer));
  const sets =
    folded.length === 0
      ? [plain]
      : folded[0].map((_, k) => new Map([...plain, ...folded.flatMap((of) => of[k])]));
  const stepParameters = kind.sharesSteps ? undefined : sets;
  return {
    ...network,
    parameters: sets[0],
    batchNormalisation: undefined,
    ...(stepParameters && { stepParameters }),
  };
}

/** W' and b' of a layer for each of its sets, by name; weights are packed, output channels fastest. */
function foldLayer(network: SpikingNetwork, layer: Layer): ReturnType<typeof namedParameters>[] {
  const { parameters } = network;
  const { weight, bias } = layerParameters(parameters, layer);
  const statistics = runningStatistics(parameters, layer);
  return channelScalesOf(network, layer).map(({ kind, factor, gamma, beta }, k) => {
    const { mean, variance } = statistics[k];
    const scale = variance.map((value, o) => (gamma[o] * factor) / kind.divisor(value));
    return namedParameters(layer, {
      weight: weight.map((value, at) => value * scale[at % scale.length]),
      bias: bias.map((value, o) => scale[o] * (value - mean[o]) + beta[o]),
    });
  });
}
