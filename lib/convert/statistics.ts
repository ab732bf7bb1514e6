/**
 * The lambdas of the conversion (section 3.3.1): for each signal the percentile of its activations over a whole
 * calibration batch, all values counted, zeros and the padding of the images included. A layer that never fires
 * has lambda 1: there is nothing to scale. Beyond the paper, the same for each channel on its own.
 */

import { DataError, UsageError } from '../core/error.js';
import type { Kernels } from '../engine/contract.js';
import { forward, gatherInput, releaseInput } from '../engine/forward.js';
import { paddedSize, padInput } from '../engine/predict.js';
import { type Layer, outputDims, totalChannelsIn } from '../net/architecture.js';
import { hasNeuron, hasRelu, type Network, type Signals, signalOf } from '../net/network.js';
import { PercentileCollector } from './percentile.js';

/** One calibration image [H,W,C] of any size. */
export interface CalibrationImage {
  readonly input: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Lambdas by name: of every signal (relu1, .., pooling1, ..), and of every concatenation (the name of the conv that reads it). */
export type Lambdas = ReadonlyMap<string, number>;

/** Lambda of each channel [C], by the name of the signal; of those that follow a ReLU. */
export type ChannelLambdas = ReadonlyMap<string, Float32Array>;

/** What was measured, to be asked for any percentile that is not below the one it was measured for. */
export interface Measured {
  lambdas(percent: number): Lambdas;
  /** Of one signal. */
  channelLambdas(signal: string, percent: number): Float32Array;
  /** Signals whose percentile is 0: their layers hardly ever fire, and their lambda is 1 for want of any other. */
  silent(percent: number): readonly string[];
}

/** A channel that hardly fires would get weights of any size: its lambda is at least that of its layer over this. */
const SMALLEST_PART = 64;
/** With fewer values than that a channel has the lambda of its layer. */
const FEWEST_VALUES = 64;

/** Runs the U-Net over the calibration images; `onImage` is called after each. */
export function measureLambdas(
  kernels: Kernels,
  network: Network,
  images: readonly CalibrationImage[],
  percent: number,
  onImage?: (done: number) => void,
): Lambdas {
  return measureActivations(kernels, network, images, percent, false, onImage).lambdas(percent);
}

/** The same for every percentile from `lowest` on, and if wanted for each channel. */
export function measureActivations(
  kernels: Kernels,
  network: Network,
  images: readonly CalibrationImage[],
  lowest: number,
  channels: boolean,
  onImage?: (done: number) => void,
): Measured {
  if (!(lowest > 0 && lowest <= 100))
    throw new UsageError(`--percentile ${lowest}: expected more than 0, up to 100`);
  const collectors = newCollectors(network, images, lowest, channels);
  forEachImage(
    kernels,
    network,
    images,
    (signals, height, width) => collect(kernels, network, signals, height, width, collectors),
    onImage,
  );
  return {
    lambdas: (percent) =>
      new Map([...collectors].map(([name, { whole }]) => [name, whole.result(percent) || 1])),
    channelLambdas: (signal, percent) => {
      const { whole, channels } = collectors.get(signal)!;
      const ofLayer = whole.result(percent) || 1;
      return Float32Array.from(channels, (channel) => channelLambda(channel, percent, ofLayer));
    },
    silent: (percent) =>
      network.layers
        .filter((layer) => hasNeuron(layer) && collectors.get(layer.output)!.whole.result(percent) === 0)
        .map(({ output }) => output),
  };
}

/** Runs the U-Net over images of any size and shows the signals of each, which are gone afterwards. */
export function forEachImage(
  kernels: Kernels,
  network: Network,
  images: readonly CalibrationImage[],
  see: (signals: Signals, height: number, width: number) => void,
  onImage?: (done: number) => void,
): void {
  if (images.length === 0) throw new DataError('calibration: there is not a single image to measure on');
  kernels.frozen(() => {
    images.forEach((image, done) => {
      const { input, height, width } = padInput(image.input, image.height, image.width);
      kernels.scope(() => see(forward(kernels, network, input, height, width), height, width));
      onImage?.(done + 1);
    });
  });
}

/** What is kept of one signal: of all its values, and of each channel where that is wanted. */
interface SignalCollector {
  readonly whole: PercentileCollector;
  readonly channels: readonly PercentileCollector[];
}

function channelLambda(channel: PercentileCollector, percent: number, ofLayer: number): number {
  const own = channel.total < FEWEST_VALUES ? 0 : channel.result(percent);
  return own > 0 ? Math.max(own, ofLayer / SMALLEST_PART) : ofLayer;
}

/** Adds the activations of one padded image. */
function collect(
  kernels: Kernels,
  network: Network,
  signals: Signals,
  height: number,
  width: number,
  collectors: ReadonlyMap<string, SignalCollector>,
): void {
  for (const layer of network.layers) {
    if (hasNeuron(layer)) {
      const { whole, channels } = collectors.get(layer.output)!;
      const signal = signalOf(signals, layer.output);
      whole.add(signal);
      channels.forEach((channel, c) => {
        channel.add(signal, c, channels.length);
      });
    }
    if (layer.inputs.length < 2) continue;
    const concatenation = gatherInput(kernels, layer, signals, height, width);
    collectors.get(layer.name)!.whole.add(concatenation);
    releaseInput(kernels, layer, concatenation);
  }
}

function newCollectors(
  network: Network,
  images: readonly CalibrationImage[],
  lowest: number,
  byChannel: boolean,
): Map<string, SignalCollector> {
  const pixelsOf = (layer: Layer) =>
    images.reduce((sum, image) => {
      const { paddedHeight, paddedWidth } = paddedSize(image.height, image.width);
      const { height, width } = outputDims(layer, paddedHeight, paddedWidth);
      return sum + height * width;
    }, 0);
  const collectorOf = (pixels: number, channels: number, each: boolean): SignalCollector => ({
    whole: new PercentileCollector(pixels * channels, lowest),
    channels: Array.from({ length: each ? channels : 0 }, () => new PercentileCollector(pixels, lowest)),
  });
  const collectors = new Map<string, SignalCollector>();
  for (const layer of network.layers) {
    const pixels = pixelsOf(layer);
    if (hasNeuron(layer))
      collectors.set(layer.output, collectorOf(pixels, layer.channelsOut, byChannel && hasRelu(layer)));
    if (layer.inputs.length > 1)
      collectors.set(layer.name, collectorOf(pixels, totalChannelsIn(layer), false));
  }
  return collectors;
}
