/**
 * Lambdas of least squared error, in place of percentiles: for each channel the s whose N thresholds s/2,
 * s/4, .., s/2^N leave the smallest squared error over the calibration set, lambda_c = argmin_s sum (a - q(a;
 * s))^2. q is what a multi-threshold neuron that starts at half of its smallest threshold makes of an
 * activation in one step. Activations are counted in bins, so the error is that of the bins' middles.
 */

import type { Engine } from '../engine/door.js';
import type { Pass } from '../engine/program.js';
import { hasRelu, type Network } from '../net/network.js';
import { type CalibrationImage, forEachImage, type Measured } from './statistics.js';

/** Bins between 0 and the largest activation of a channel. */
const BINS = 8192;
/** Candidates for s: this many equal parts of the s whose highest level is the largest activation. */
const CANDIDATES = 256;

/** q(a; s) = clip(ceil(a / D - 1/2), 0, 2^N - 1) D with D = 2^-N s: rounded to the nearest, ties down. */
export function quantise(activation: number, scale: number, thresholds: number): number {
  const levels = 2 ** thresholds;
  const step = scale / levels;
  const code = Math.min(levels - 1, Math.max(0, Math.ceil(activation / step - 0.5)));
  return code * step;
}

/** Counts the activations of every channel, and chooses lambdas by them for any number of thresholds. */
export function measureMseLambdas(
  engine: Engine,
  network: Network,
  images: readonly CalibrationImage[],
  measured: Measured,
  onImage?: (done: number) => void,
): (signal: string, thresholds: number) => Float32Array {
  const signals = network.layers.filter(hasRelu).map(({ output, channelsOut }) => ({
    name: output,
    largest: measured.channelLambdas(output, 100),
    bins: new Uint32Array(channelsOut * BINS),
  }));
  const countAll = (pass: Pass) => {
    for (const { name, largest, bins } of signals) count(bins, pass.signal(name), largest);
  };
  forEachImage(engine, network, images, countAll, onImage);
  const byName = new Map(signals.map((signal) => [signal.name, signal]));
  const known = new Map<string, Float32Array>();
  return (signal, thresholds) => {
    const { largest, bins } = byName.get(signal)!;
    const key = `${signal} ${thresholds}`;
    const lambdas =
      known.get(key) ??
      largest.map((most, c) => best(bins.subarray(c * BINS, (c + 1) * BINS), most, thresholds));
    known.set(key, lambdas);
    return lambdas;
  };
}

/** Adds a signal [h,w,C] to its bins [C,BINS]; zeros are left out, since their error is always 0. */
function count(bins: Uint32Array, values: Float32Array, largest: Float32Array): void {
  const channels = largest.length;
  for (let i = 0; i < values.length; i++) {
    if (values[i] <= 0) continue;
    const c = i % channels;
    bins[c * BINS + Math.min(BINS - 1, Math.floor((values[i] / largest[c]) * BINS))]++;
  }
}

/** The candidate with the smallest squared error; among equals the largest. */
function best(bins: Uint32Array, largest: number, thresholds: number): number {
  if (bins.every((count) => count === 0)) return largest; // the channel never fires
  const widest = largest / (1 - 2 ** -thresholds);
  let [chosen, least] = [widest, Number.POSITIVE_INFINITY];
  for (let k = CANDIDATES; k >= 1; k--) {
    const scale = (widest * k) / CANDIDATES;
    let error = 0;
    for (let b = 0; b < BINS && error < least; b++) {
      if (bins[b] === 0) continue;
      const activation = ((b + 0.5) * largest) / BINS;
      error += bins[b] * (activation - quantise(activation, scale, thresholds)) ** 2;
    }
    if (error < least) [chosen, least] = [scale, error];
  }
  return chosen;
}
