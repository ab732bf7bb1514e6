/** How much memory a forward pass takes. */

import { sizeOf } from '../../core/shape.js';
import { inputSize, type Layer, lastReaders, outputDims, parameterShapes } from '../../net/architecture.js';
import { valuesIn } from '../../op/op.js';

const FLOAT = 4;

/** The sizes that determine the memory of a simulation. */
export interface Footprint {
  /** Sides of the image in pixels. */
  readonly height: number;
  readonly width: number;
  /** T */
  readonly steps: number;
  /** How many sums are kept for each neuron. */
  readonly sums: number;
  /** How many potentials each neuron has. */
  readonly membranes: number;
}

/** Bytes that a U-Net's forward pass takes at its peak: signals, a concatenated input, and packed weights. */
export function forwardBytes(layers: readonly Layer[], height: number, width: number): number {
  const signal = (layer: Layer) => FLOAT * valuesIn(outputDims(layer, height, width));
  const input = (layer: Layer) =>
    layer.inputs.length > 1 ? FLOAT * valuesIn(inputSize(layer, height, width)) : 0;
  return peakOfSignals(layers, signal, input) + weightBytes(layers);
}

/**
 * At most this many bytes per pixel are taken by an image besides the network: decoded, as a picture, with
 * its overlay, as input and as output (the last two with and without padding).
 */
const PICTURE_BYTES = 15;
const TENSOR_BYTES = 2 * FLOAT;

/** Bytes that an image takes besides the network, given its input and output channels. */
export function imageBytes(channels: number, classes: number, height: number, width: number): number {
  return height * width * (PICTURE_BYTES + TENSOR_BYTES * (channels + classes));
}

/** Bytes of all weights in the order in which an engine reads them. */
export function weightBytes(layers: readonly Layer[]): number {
  const shapes = layers.flatMap((layer) => [...parameterShapes(layer).values()]);
  return shapes.reduce((sum, shape) => sum + sizeOf(shape) * FLOAT, 0);
}

/**
 * The most bytes that signals take at any time if each is released after its last reader. `bytesOf` gives the
 * bytes of a layer's output, and of what the layer takes in addition while it is computed.
 */
export function peakOfSignals(
  layers: readonly Layer[],
  bytesOf: (layer: Layer) => number,
  besides: (layer: Layer) => number = () => 0,
): number {
  const readers = lastReaders(layers);
  const live = new Map<string, number>();
  let peak = 0;
  for (const layer of layers) {
    live.set(layer.output, bytesOf(layer));
    let bytes = besides(layer);
    for (const part of live.values()) bytes += part;
    peak = Math.max(peak, bytes);
    for (const name of layer.inputs) if (readers.get(name) === layer) live.delete(name);
  }
  return peak;
}

/** MiB, rounded up. */
export function toMiB(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
