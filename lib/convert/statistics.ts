/**
 * The lambdas of the conversion (section 3.3.1): for each signal the percentile of its activations over a whole
 * calibration batch, all values counted, zeros and the padding of the images included. A layer that never fires
 * has lambda 1: there is nothing to scale.
 */

import type { Kernels } from '../kernel/contract.js';
import { DataError, UsageError } from '../tensor/error.js';
import { outputDims } from '../unet/architecture.js';
import { forward, gatherInput, hasNeuron, type Network, releaseInput, signalOf } from '../unet/forward.js';
import { padInput } from '../unet/predict.js';
import { PercentileCollector } from './percentile.js';

/** One calibration image [H,W,C] of any size. */
export interface CalibrationImage {
  readonly input: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Lambdas by name: of every signal (relu1, .., pooling1, ..), and of every concatenation (the name of the conv that reads it). */
export type Lambdas = ReadonlyMap<string, number>;

/** Runs the U-Net over the calibration images; `onImage` is called after each. */
export function measureLambdas(
  kernels: Kernels,
  network: Network,
  images: readonly CalibrationImage[],
  percent: number,
  onImage?: (done: number) => void,
): Lambdas {
  if (!(percent > 0 && percent <= 100))
    throw new UsageError(`--percentile ${percent}: expected more than 0, up to 100`);
  if (images.length === 0) throw new DataError('calibration: there is not a single image to measure on');
  const padded = images.map(({ input, height, width }) => padInput(input, height, width));
  const collectors = newCollectors(network, padded, percent);
  kernels.frozen(() => {
    padded.forEach((image, done) => {
      kernels.scope(() => collect(kernels, network, image, collectors));
      onImage?.(done + 1);
    });
  });
  return new Map([...collectors].map(([name, collector]) => [name, collector.result() || 1]));
}

/** Adds the activations of one padded image. */
function collect(
  kernels: Kernels,
  network: Network,
  { input, height, width }: CalibrationImage,
  collectors: ReadonlyMap<string, PercentileCollector>,
): void {
  const signals = forward(kernels, network, input, height, width);
  for (const layer of network.layers) {
    if (hasNeuron(layer)) collectors.get(layer.output)!.add(signalOf(signals, layer.output));
    if (layer.inputs.length < 2) continue;
    const concatenation = gatherInput(kernels, layer, signals, height, width);
    collectors.get(layer.name)!.add(concatenation);
    releaseInput(kernels, layer, concatenation);
  }
}

function newCollectors(
  network: Network,
  images: readonly { height: number; width: number }[],
  percent: number,
): Map<string, PercentileCollector> {
  const collectors = new Map<string, PercentileCollector>();
  for (const layer of network.layers) {
    const count = (channels: number) =>
      images.reduce((sum, image) => {
        const { height, width } = outputDims(layer, image.height, image.width);
        return sum + height * width * channels;
      }, 0);
    if (hasNeuron(layer))
      collectors.set(layer.output, new PercentileCollector(count(layer.channelsOut), percent));
    if (layer.inputs.length > 1) {
      const channels = layer.channelsIn.reduce((sum, part) => sum + part, 0);
      collectors.set(layer.name, new PercentileCollector(count(channels), percent));
    }
  }
  return collectors;
}
