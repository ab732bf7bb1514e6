/**
 * Batch normalisation of currents for direct training: the kinds, and the definition in plain loops. Each
 * channel of a layer's currents x gets mean 0 and a known deviation over a batch,
 *
 *     xhat = (x - mean) / d,   y = gamma s xhat + beta,
 *
 * where the kind defines the divisor d of a variance, the factor s, and which values share a mean. Mean and
 * (biased) variance are sums over 10^3 to 10^6 values, for which float32 is too coarse: everything here is
 * float64, in the order of the arrays and in each of the pixels, and stored values are rounded to float32
 * once.
 */

import { UsageError } from '../core/error.js';
import { type ChannelLoops, channelLoops } from '../op/channelLoops.js';
import type { NeuronParameters } from './commonParameters.js';

const { min, sqrt } = Math;

export interface BatchNormalisation {
  readonly name: string;
  readonly summary: string;
  /** Whether the steps share statistics and gamma; if not, each step has its own. */
  readonly sharesSteps: boolean;
  /** Whether beta is learned; if not, it is 0. */
  readonly learnsBeta: boolean;
  /** s, of the neurons that the currents are for. */
  factor(neurons: NeuronParameters): number;
  /** d, of a variance. */
  divisor(variance: number): number;
  /** r = 2 d d', with d' the derivative of d with respect to the variance, which is above 0. */
  ratio(variance: number): number;
}

/**
 * V_th is the lowest threshold, from which on a neuron fires: 0.6 V of those of Feng et al. (2022), as they
 * take it.
 */
const tdbn: BatchNormalisation = {
  name: 'tdbn',
  summary: 'to a deviation of the lowest threshold over all steps (Zheng et al., AAAI 2021)',
  ...{ sharesSteps: true, learnsBeta: true },
  factor: ({ thresholds }) => min(...thresholds),
  divisor: (variance) => sqrt(variance) + 1e-5,
  ratio: (variance) => (sqrt(variance) + 1e-5) / sqrt(variance),
};

const bn: BatchNormalisation = {
  name: 'bn',
  summary: 'to a deviation of 1 V over all steps (Ioffe and Szegedy, 2015)',
  ...{ sharesSteps: true, learnsBeta: true },
  factor: () => 1,
  divisor: (variance) => sqrt(variance + 1e-5),
  ratio: () => 1,
};

/** Batch normalisation through time; Spiking-FCN (Kim, Chough, Panda, 2022) is trained with it. */
const bntt: BatchNormalisation = {
  name: 'bntt',
  summary: 'to a deviation of 1 V in each step on its own (Kim and Panda, 2020)',
  ...{ sharesSteps: false, learnsBeta: false },
  factor: () => 1,
  divisor: (variance) => sqrt(variance + 1e-4),
  ratio: () => 1,
};

/** The kinds that options and files can name, by their names. */
export const batchNormalisations: Readonly<Record<string, BatchNormalisation>> = { tdbn, bn, bntt };

/** A kind by name; UsageError for a name that is not in the table. */
export function findBatchNormalisation(name: string): BatchNormalisation {
  const kind = Object.hasOwn(batchNormalisations, name) ? batchNormalisations[name] : undefined;
  if (kind) return kind;
  const known = Object.keys(batchNormalisations).join(', ');
  throw new UsageError(`batch normalisation ${name}: expected one of ${known}`);
}

/** Statistics of each channel [O], over `count` values. */
export interface BatchStatistics {
  readonly count: number;
  readonly mean: Float64Array;
  /** The mean of squared differences from the mean: divided by `count`. */
  readonly variance: Float64Array;
}

/** Statistics of the currents of several examples and steps, [h,w,O] each, over all but the channels. */
export function batchStatistics(
  currents: readonly Float32Array[],
  channels: number,
  loops: ChannelLoops = channelLoops,
): BatchStatistics {
  const count = currents.reduce((sum, { length }) => sum + length, 0) / channels;
  const mean = new Float64Array(channels);
  for (const current of currents) loops.addValues(mean, current);
  for (let c = 0; c < channels; c++) mean[c] /= count;
  const variance = new Float64Array(channels);
  for (const current of currents) loops.addSquares(variance, current, mean);
  for (let c = 0; c < channels; c++) variance[c] /= count;
  return { count, mean, variance };
}

/** How currents of a layer that share statistics are normalised: gamma and beta [O] are learned. */
export interface ChannelScale {
  readonly kind: BatchNormalisation;
  readonly factor: number;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

/** y of each current, into `out`; all [h,w,O]. */
export function normaliseForward(
  out: readonly Float32Array[],
  currents: readonly Float32Array[],
  { mean, variance }: Pick<BatchStatistics, 'mean' | 'variance'>,
  { kind, factor, gamma, beta }: ChannelScale,
  loops: ChannelLoops = channelLoops,
): void {
  const slope = variance.map((value, c) => (gamma[c] * factor) / kind.divisor(value));
  const of = { slope, mean, shift: Float64Array.from(beta) };
  currents.forEach((current, k) => {
    loops.scale(out[k], current, of);
  });
}

/**
 * dL/dx of each current [h,w,O] takes the place of its dL/dy; returns dL/dgamma and dL/dbeta [O]. Over the n
 * values that share a mean,
 *
 *     dbeta = sum dy,   dgamma = s sum dy xhat,   dx = gamma s / d (dy - sum dy / n - r xhat sum dy xhat / n)
 *
 * Where all values of a channel are the same, as after a silent layer, dx = 0: the root has no slope there,
 * and 1 / d (10^5 for tdBN) would overflow after a few silent layers.
 */
export function normaliseBackward(
  gradients: readonly Float32Array[],
  currents: readonly Float32Array[],
  { count, mean, variance }: BatchStatistics,
  { kind, factor, gamma }: ChannelScale,
  loops: ChannelLoops = channelLoops,
): Pick<ChannelScale, 'gamma' | 'beta'> {
  const channels = gamma.length;
  const [sum, product] = [new Float64Array(channels), new Float64Array(channels)]; // sum dy, sum dy xhat d
  gradients.forEach((gradient, k) => {
    loops.addValues(sum, gradient);
    loops.addProducts(product, gradient, currents[k], mean);
  });
  const divisors = variance.map(kind.divisor);
  const slope = divisors.map((d, c) => (variance[c] === 0 ? 0 : (gamma[c] * factor) / d));
  const pull = divisors.map((d, c) =>
    variance[c] === 0 ? 0 : (kind.ratio(variance[c]) * product[c]) / (d * d * count),
  );
  const of = { slope, mean, shift: sum.map((value) => value / count), pull };
  gradients.forEach((gradient, k) => {
    loops.scaleBack(gradient, currents[k], of);
  });
  const gradGamma = Float32Array.from(product, (value, c) => (factor * value) / divisors[c]);
  return { gamma: gradGamma, beta: Float32Array.from(sum) };
}
