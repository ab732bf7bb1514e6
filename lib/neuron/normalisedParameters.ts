/**
 * The parameters that batch normalisation adds to a layer with weights and neurons: gamma and beta [O], which
 * are learned, and running mean and variance [O], which replace those of a batch when the network runs
 * (foldedNormalisation.ts). A kind whose steps do not share them has T sets of gamma, mean and variance, one
 * after the other: [T O], step by step.
 */

import type { Layer } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { type Parameters, withAdded } from '../net/parameters.js';
import type { BatchNormalisation, BatchStatistics, ChannelScale } from './batchNormalisation.js';
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

/** How many sets of statistics a kind has in a network of T steps. */
export function setsOf({ sharesSteps }: BatchNormalisation, steps: number): number {
  return sharesSteps ? 1 : steps;
}

/** The shapes of the parameters that a layer's normalisation adds, by name: for reading files. */
export function normalisationShapes(layer: Layer, sets: number): ReadonlyMap<string, number[]> {
  if (!isNormalised(layer)) return new Map();
  return new Map(PARTS.map((part) => [nameOf(layer, part), [lengthOf(layer, part, sets)]]));
}

/** How many values each parameter of a layer's normalisation has in a network of T steps, by name. */
export function normalisationLengths(
  layer: Layer,
  kind: BatchNormalisation,
  steps: number,
): ReadonlyMap<string, number> {
  if (!isNormalised(layer)) return new Map();
  const sets = setsOf(kind, steps);
  return new Map(partsOf(kind).map((part) => [nameOf(layer, part), lengthOf(layer, part, sets)]));
}

/** The parameters, with those of normalisation over T steps added in every layer that is normalised. */
export function withNormalisation(
  layers: readonly Layer[],
  parameters: Parameters,
  kind: BatchNormalisation,
  steps: number,
): Parameters {
  return withAdded(layers, parameters, (layer) => {
    const lengths = normalisationLengths(layer, kind, steps);
    const start = (name: string) => STARTS[name.slice(layer.name.length + 1) as Part];
    return new Map([...lengths].map(([name, length]) => [name, new Float32Array(length).fill(start(name))]));
  });
}

const nameOf = (layer: Layer, part: Part) => `${layer.name}.${part}`;
const lengthOf = ({ channelsOut }: Layer, part: Part, sets: number) =>
  part === 'beta' ? channelsOut : sets * channelsOut;
const partsOf = ({ learnsBeta }: BatchNormalisation) => PARTS.filter((part) => part !== 'beta' || learnsBeta);

/** Whether a parameter belongs to a normalisation. */
export function isOfNormalisation(name: string): boolean {
  return PARTS.some((part) => name.endsWith(`.${part}`));
}

/** A part of a layer as sets of [O], which share memory with it. */
function setsIn(parameters: Parameters, layer: Layer, part: Part): Float32Array[] {
  const { channelsOut } = layer;
  const values = parameters.get(nameOf(layer, part));
  if (!values) throw new Error(`layer ${layer.name} is not normalised`);
  return Array.from({ length: values.length / channelsOut }, (_, k) =>
    values.subarray(k * channelsOut, (k + 1) * channelsOut),
  );
}

/** How each set of a layer of a normalised network is normalised. */
export function channelScalesOf(network: SpikingNetwork, layer: Layer): ChannelScale[] {
  const { batchNormalisation: kind, parameters } = network;
  if (!kind) throw new Error(`layer ${layer.name} is not normalised`);
  const factor = kind.factor(neuronOf(network, layer).parameters);
  const beta = parameters.get(nameOf(layer, 'beta')) ?? new Float32Array(layer.channelsOut);
  return setsIn(parameters, layer, 'gamma').map((gamma) => ({ kind, factor, gamma, beta }));
}

/** The running mean and variance [O] of each set of a layer. */
export function runningStatistics(
  parameters: Parameters,
  layer: Layer,
): Pick<BatchStatistics, 'mean' | 'variance'>[] {
  const [means, variances] = (['mean', 'variance'] as const).map((part) => setsIn(parameters, layer, part));
  return means.map((mean, k) => ({
    mean: Float64Array.from(mean),
    variance: Float64Array.from(variances[k]),
  }));
}

/** The gradients of what a layer's normalisation learns, by name, from those of each set. */
export function namedGradients(
  kind: BatchNormalisation,
  layer: Layer,
  sets: readonly Pick<ChannelScale, 'gamma' | 'beta'>[],
): [name: string, gradient: Float32Array][] {
  const gamma = joined(sets.map((set) => set.gamma));
  const beta = kind.learnsBeta ? [[nameOf(layer, 'beta'), sets[0].beta] as [string, Float32Array]] : [];
  return [[nameOf(layer, 'gamma'), gamma], ...beta];
}

/**
 * The running averages of a layer after a batch, 0.9 r + 0.1 x in float64, rounded once, from the statistics
 * of each set; the variance of the batch is taken with n - 1, without bias, as PyTorch does.
 */
export function runningAverages(
  layer: Layer,
  parameters: Parameters,
  sets: readonly BatchStatistics[],
): Parameters {
  const moved = (part: Part, ofBatch: (set: BatchStatistics, c: number) => number) => {
    const values = setsIn(parameters, layer, part).map((set, k) =>
      set.map((r, c) => (1 - MOMENTUM) * r + MOMENTUM * ofBatch(sets[k], c)),
    );
    return [nameOf(layer, part), joined(values)] as const;
  };
  return new Map([
    moved('mean', ({ mean }, c) => mean[c]),
    moved('variance', ({ variance, count }, c) => (variance[c] * count) / (count - 1)),
  ]);
}

/** One array after the other. */
function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
