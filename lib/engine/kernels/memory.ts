/** How much memory a forward pass takes. */

import { sizeOf } from '../../core/shape.js';
import { inputSize, type Layer, lastReaders, outputDims, parameterShapes } from '../../net/architecture.js';
import { valuesIn } from '../../op/op.js';

const FLOAT = 4;

/** What of a simulation takes memory. */
export interface Footprint {
  /** Of the image. */
  readonly height: number;
  readonly width: number;
  /** T */
  readonly steps: number;
  /** How many sums are kept of each neuron. */
  readonly sums: number;
  /** Potentials of each neuron. */
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
 * Bytes a pixel that an image takes besides the network, at most: decoded, as a picture, with what is drawn
 * over it, as input and as output (each once as it is and once padded).
 */
const PICTURE_BYTES = 15;
const TENSOR_BYTES = 2 * FLOAT;

/** Bytes that an image with so many input and output channels takes besides the network. */
export function imageBytes(channels: number, classes: number, height: number, width: number): number {
  return height * width * (PICTURE_BYTES + TENSOR_BYTES * (channels + classes));
}

/** Bytes of all weights in the order in which an engine reads them. */
export function weightBytes(layers: readonly Layer[]): number {
  return layers.reduce((sum, layer) => {
    const shapes = parameterShapes(layer);
    return shapes ? sum + (sizeOf(shapes.weight) + sizeOf(shapes.bias)) * FLOAT : sum;
  }, 0);
}

/**
 * The most bytes that signals take at any time where each is released behind its last reader: `bytesOf` a
 * layer's output, and what the layer takes besides while it is computed.
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
