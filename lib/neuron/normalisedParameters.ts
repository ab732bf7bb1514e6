/**
 * The parameters that batch normalisation adds to a layer with weights and neurons: gamma and beta [O], which
 * are learned, and running mean and variance [O], which replace those of a batch when the network runs. Then
 * it is linear and folds into the weights, W'[ky,kx,i,o] = fround(W[ky,kx,i,o] k_o) and b'_o = fround(k_o
 * (b_o - mean_o) + beta_o), with k = gamma s / d (batchNormalisation.ts), where k and b' are computed in
 * float64. So a network that runs is an ordinary one.
 */

import { DataError } from '../core/error.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { layerParameters, namedParameters, type Parameters, withAdded } from '../net/parameters.js';
import type { BatchStatistics, ChannelScale } from './batchNormalisation.js';
import { neuronOf, type SpikingNetwork } from './spikingNetwork.js';

/** The initial value of each. */
const STARTS = { gamma: 1, beta: 0, mean: 0, variance: 1 } as const;
type Part = keyof typeof STARTS;
const PARTS = Object.keys(STARTS) as Part[];

/** Part of a running average that an update replaces, as in PyTorch. */
const MOMENTUM = 0.1;

/**
 * Whether the currents of a layer are normalised, in a network where any are: beta is folded into its bias.
 */
export function isNormalised(layer: Layer): boolean {
  const { hasWeights, hasBias = true } = layer.op;
  return hasWeights && hasBias && hasNeuron(layer);
}

/** The shapes of the parameters that a layer's normalisation adds, by name: for reading files. */
export function normalisationShapes(layer: Layer): ReadonlyMap<string, number[]> {
  if (!isNormalised(layer)) return new Map();
  return new Map(PARTS.map((part) => [`${layer.name}.${part}`, [layer.channelsOut]]));
}

/** The parameters, with those of normalisation added in every layer that is normalised. */
export function withNormalisation(layers: readonly Layer[], parameters: Parameters): Parameters {
  return withAdded(layers, parameters, (layer) => {
    if (!isNormalised(layer)) return new Map();
    return new Map(PARTS.map((part) => [nameOf(layer, part), newPart(layer, part)]));
  });
}

const nameOf = (layer: Layer, part: Part) => `${layer.name}.${part}`;
const newPart = (layer: Layer, part: Part) => new Float32Array(layer.channelsOut).fill(STARTS[part]);

/**
 * Refuses missing or impossible parameters of a normalised network, and parameters of normalisation in any
 * other network (DataError).
 */
export function checkNormalisation({ layers, parameters, batchNormalisation }: SpikingNetwork): void {
  for (const layer of layers.filter(isNormalised))
    for (const part of PARTS) {
      const name = nameOf(layer, part);
      const values = parameters.get(name);
      if (!batchNormalisation && values)
        throw new DataError(`tensor ${name}: the network says of no batch normalisation that it has one`);
      if (batchNormalisation && !values)
        throw new DataError(`tensor ${name} is missing, expected [${layer.channelsOut}]`);
      const bad = part === 'variance' && values ? values.findIndex((variance) => variance < 0) : -1;
      if (bad >= 0) throw new DataError(`tensor ${name}: ${values![bad]} at ${bad}, expected at least 0`);
    }
}

/** How a layer of a normalised network is normalised. */
export function channelScaleOf(network: SpikingNetwork, layer: Layer): ChannelScale {
  const { batchNormalisation: kind, parameters } = network;
  const [gamma, beta] = (['gamma', 'beta'] as const).map((part) => parameters.get(nameOf(layer, part)));
  if (!kind || !gamma || !beta) throw new Error(`layer ${layer.name} is not normalised`);
  return { kind, factor: kind.factor(neuronOf(network, layer).parameters), gamma, beta };
}

/** The gradients of a layer's gamma and beta, by name. */
export function namedGradients(layer: Layer, { gamma, beta }: Pick<ChannelScale, 'gamma' | 'beta'>) {
  return [
    [nameOf(layer, 'gamma'), gamma],
    [nameOf(layer, 'beta'), beta],
  ] as const;
}

/**
 * The running averages of a layer after a batch, 0.9 r + 0.1 x in float64, rounded once; the variance of the
 * batch is taken with n - 1, without bias, as PyTorch does.
 */
export function runningAverages(
  layer: Layer,
  parameters: Parameters,
  { count, mean, variance }: BatchStatistics,
): Parameters {
  const moved = (part: Part, ofBatch: (c: number) => number) => {
    const name = nameOf(layer, part);
    const values = parameters.get(name)!.map((r, c) => (1 - MOMENTUM) * r + MOMENTUM * ofBatch(c));
    return [name, values] as const;
  };
  return new Map([
    moved('mean', (c) => mean[c]),
    moved('variance', (c) => (variance[c] * count) / (count - 1)),
  ]);
}

/** The network with normalisation folded into its weights; the same network if it has none. */
export function foldNormalisation<N extends SpikingNetwork>(network: N): N {
  if (!network.batchNormalisation) return network;
  const { layers, parameters } = network;
  const folded = new Map(
    [...parameters].filter(([name]) => !PARTS.some((part) => name.endsWith(`.${part}`))),
  );
  for (const layer of layers.filter(isNormalised))
    for (const [name, values] of namedParameters(layer, foldLayer(network, layer))) folded.set(name, values);
  return { ...network, parameters: folded, batchNormalisation: undefined };
}

/** W' and b' of a layer; its weights are packed, output channels fastest. */
function foldLayer(network: SpikingNetwork, layer: Layer) {
  const { parameters } = network;
  const { weight, bias } = layerParameters(parameters, layer);
  const { kind, factor, gamma, beta } = channelScaleOf(network, layer);
  const [mean, variance] = (['mean', 'variance'] as const).map(
    (part) => parameters.get(nameOf(layer, part))!,
  );
  const scale = Float64Array.from(variance, (value, o) => (gamma[o] * factor) / kind.divisor(value));
  return {
    weight: weight.map((value, at) => value * scale[at % scale.length]),
    bias: bias.map((value, o) => scale[o] * (value - mean[o]) + beta[o]),
  };
}
