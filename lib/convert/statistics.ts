/**
 * The lambdas of the conversion (section 3.3.1): for each signal the percentile of its activations over a
 * whole calibration batch, all values counted, zeros and the padding of the images included. A layer that
 * never fires has lambda 1: there is nothing to scale. Beyond the paper, the same for each channel on its
 * own.
 */

import { DataError, UsageError } from '../core/error.js';
import type { FloatImage } from '../core/floatImage.js';
import { type Engine, withProgram } from '../engine/door.js';
import { paddedSize, padImage } from '../engine/predict.js';
import type { Pass } from '../engine/program.js';
import { IMAGE, inputSize, type Layer, outputDims, totalChannelsIn } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import { hasNeuron, hasRelu, type Network } from '../net/network.js';
import type { Size } from '../op/op.js';
import { PercentileCollector } from './percentile.js';

/** One calibration image [H,W,C] of any size. */
export interface CalibrationImage {
  readonly input: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * Lambdas by name: of every signal (relu1, .., pooling1, ..), and of every concatenation (by the conv that
 * reads it).
 */
export type Lambdas = ReadonlyMap<string, number>;

/** Lambda of each channel [C] of the signals that follow a ReLU, by the name of the signal. */
export type ChannelLambdas = ReadonlyMap<string, Float32Array>;

/** What was measured: it has the lambdas of any percentile from the lowest one on. */
export interface Measured {
  lambdas(percent: number): Lambdas;
  /** Of one signal. */
  channelLambdas(signal: string, percent: number): Float32Array;
  /** Signals whose percentile is 0: their layers hardly ever fire, so their lambda is 1. */
  silent(percent: number): readonly string[];
}

/**
 * The lambda of a channel is at least that of its layer divided by this: else weights of channels that hardly
 * fire would grow without bound.
 */
const SMALLEST_PART = 64;
/** With fewer values than this a channel has the lambda of its layer. */
const FEWEST_VALUES = 64;

export interface Measuring {
  /** The lowest percentile that will be asked for. */
  readonly lowest: number;
  /** Whether each channel is measured as well. */
  readonly channels?: boolean;
  /** Called after each image. */
  readonly onImage?: (done: number) => void;
}

/**
 * Runs the U-Net over the calibration images for the lambdas of one percentile. `onImage`: after each image.
 */
export function measureLambdas(
  engine: Engine,
  network: Network,
  images: readonly CalibrationImage[],
  percent: number,
  onImage: (done: number) => void = () => {},
): Lambdas {
  return measureActivations(engine, network, images, { lowest: percent, onImage }).lambdas(percent);
}

/** Runs the U-Net over the calibration images, for the lambdas of every percentile from the lowest on. */
export function measureActivations(
  engine: Engine,
  network: Network,
  images: readonly CalibrationImage[],
  { lowest, channels = false, onImage }: Measuring,
): Measured {
  if (!(lowest > 0 && lowest <= 100))
    throw new UsageError(`percentile ${lowest}: expected more than 0, up to 100`);
  const collectors = newCollectors(network, images, lowest, channels);
  forEachImage(engine, network, images, (pass) => collect(network, pass, collectors), onImage);
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

/** Runs the U-Net over images of any size and calls back with the pass of each. */
export function forEachImage(
  engine: Engine,
  network: Network,
  images: readonly CalibrationImage[],
  see: (pass: Pass) => void,
  onImage?: (done: number) => void,
): void {
  if (images.length === 0) throw new DataError('calibration: got no images to measure on');
  withProgram(engine, network, (program) => {
    images.forEach((image, done) => {
      program.examine(padImage(floatImage(image), program.multipleOf), see);
      onImage?.(done + 1);
    });
  });
}

/** A calibration image as a network reads it. */
export function floatImage({ input, height, width }: CalibrationImage): FloatImage {
  return { data: input, height, width, channels: input.length / (height * width) };
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

/** Adds the activations of one padded image; those of a concatenation are those of its parts. */
function collect({ layers }: Network, pass: Pass, collectors: ReadonlyMap<string, SignalCollector>): void {
  const concatenations = layers.filter(isConcatenation);
  for (const layer of layers.filter(hasNeuron)) {
    const { whole, channels } = collectors.get(layer.output)!;
    const signal = pass.signal(layer.output);
    whole.add(signal);
    channels.forEach((channel, c) => {
      channel.add(signal, c, channels.length);
    });
    for (const { name, inputs } of concatenations)
      for (const input of inputs) if (input === layer.output) collectors.get(name)!.whole.add(signal);
  }
  for (const { name, inputs } of concatenations)
    for (const input of inputs) if (input === IMAGE) collectors.get(name)!.whole.add(pass.image.data);
}

/** Whether a layer reads several signals side by side, of which Eq. 7 takes the lambda together. */
function isConcatenation({ inputs, join }: Layer): boolean {
  return join === 'concat' && inputs.length > 1;
}

function newCollectors(
  network: Network,
  images: readonly CalibrationImage[],
  lowest: number,
  byChannel: boolean,
): Map<string, SignalCollector> {
  const step = multipleOf(network.layers);
  const pixelsOf = (sizeOf: (height: number, width: number) => Size) =>
    images.reduce((sum, image) => {
      const { paddedHeight, paddedWidth } = paddedSize(image.height, image.width, step);
      const { height, width } = sizeOf(paddedHeight, paddedWidth);
      return sum + height * width;
    }, 0);
  const collectorOf = (pixels: number, channels: number, each: boolean): SignalCollector => ({
    whole: new PercentileCollector(pixels * channels, lowest),
    channels: Array.from({ length: each ? channels : 0 }, () => new PercentileCollector(pixels, lowest)),
  });
  const collectors = new Map<string, SignalCollector>();
  for (const layer of network.layers) {
    if (hasNeuron(layer))
      collectors.set(
        layer.output,
        collectorOf(
          pixelsOf((...sides) => outputDims(layer, ...sides)),
          layer.channelsOut,
          byChannel && hasRelu(layer),
        ),
      );
    if (isConcatenation(layer))
      collectors.set(
        layer.name,
        collectorOf(
          pixelsOf((...sides) => inputSize(layer, ...sides)),
          totalChannelsIn(layer),
          false,
        ),
      );
  }
  return collectors;
}
