/** How much memory a simulation takes, and how many of its steps fit at once. */

import {
  imageChannels,
  inputSize,
  isStatic,
  type Layer,
  outputDims,
  outputLayer,
} from '../../net/architecture.js';
import { handsOnCurrent, hasNeuron } from '../../net/network.js';
import { valuesIn } from '../../op/op.js';
import { type Footprint, peakOfSignals, weightBytes } from '../kernels/memory.js';

/** Spikes that wait for the layers that read them take at most this many bytes, if the image allows it. */
const TRAIN_BYTES = 256 * 2 ** 20;
/** Engines round channels up to multiples of this. */
const LANES = 16;

/** How many steps every layer runs before the next one begins, at most. */
export function stepsAtOnce(layers: readonly Layer[], height: number, width: number, steps: number): number {
  const bytesPerStep = peakOfSignals(layers, (layer) => neurons(layer, height, width));
  const most = Math.max(1, Math.floor(TRAIN_BYTES / bytesPerStep));
  return Math.ceil(steps / Math.ceil(steps / most));
}

/** Bytes that a simulation takes at its peak, layer by layer. */
export function simulationBytes(layers: readonly Layer[], footprint: Footprint): number {
  const { height, width, steps, sums, membranes } = footprint;
  const atOnce = stepsAtOnce(layers, height, width, steps);
  const trains = (layer: Layer) => atOnce * neurons(layer, height, width);
  const membrane = (layer: Layer) => 4 * membranes * neurons(layer, height, width);
  const all = layers.filter(hasNeuron).reduce((sum, layer) => sum + 4 * neurons(layer, height, width), 0);
  const kept = sums * all + weightBytes(layers);
  // All signals are kept for the next steps.
  if (atOnce < steps) return peakOfSignals(layers, trains) + membranes * all + kept;
  return peakOfSignals(layers, trains, membrane) + kept;
}

/** Bytes that a network in whole numbers takes at its peak: codes, and where there are steps, membranes. */
export function integerBytes(layers: readonly Layer[], size: Omit<Footprint, 'sums' | 'membranes'>): number {
  const { height, width, steps } = size;
  const atOnce = stepsAtOnce(layers, height, width, steps);
  const all = layers.reduce((sum, layer) => sum + neurons(layer, height, width), 0);
  const signals = peakOfSignals(layers, (layer) => atOnce * neurons(layer, height, width));
  const ends = 4 * height * width * (imageChannels(layers) + LANES);
  return signals + (steps > 1 ? 4 * all : 0) + ends + weightBytes(layers);
}

/** The same by its definition: codes and membranes of all layers, and the current of one. */
export function integerDefinitionBytes(
  layers: readonly Layer[],
  { height, width }: Pick<Footprint, 'height' | 'width'>,
): number {
  const values = layers.map((layer) => valuesIn(outputDims(layer, height, width)));
  return 5 * values.reduce((sum, count) => sum + count, 0) + 4 * Math.max(...values) + weightBytes(layers);
}

/**
 * Bytes that a simulation step by step takes at its peak, for any number of steps: output, membranes, spikes
 * and sums of all neurons, and the input and the current of one layer. Engines may keep weights in one order
 * for dense inputs and in another for events.
 */
export function stepByStepBytes(layers: readonly Layer[], footprint: Omit<Footprint, 'steps'>): number {
  const { height, width, sums, membranes } = footprint;
  const own = (layer: Layer) => valuesIn(outputDims(layer, height, width));
  const inputOf = (layer: Layer) => (layer.inputs.length > 1 ? valuesIn(inputSize(layer, height, width)) : 0);
  const neuronBytes = 4 * (1 + membranes + sums) + 1;
  const ofNeurons = layers.filter(hasNeuron).reduce((sum, layer) => sum + neuronBytes * own(layer), 0);
  const passing = layers.filter(handsOnCurrent).reduce((sum, layer) => sum + 4 * (1 + sums) * own(layer), 0);
  const working = Math.max(...layers.map((layer) => 4 * (inputOf(layer) + own(layer))));
  const still = layers.filter(isStatic).reduce((sum, layer) => sum + own(layer), 0);
  const ends = 4 * (height * width * imageChannels(layers) + still + own(outputLayer(layers)));
  return ofNeurons + passing + working + ends + 2 * weightBytes(layers);
}

/**
 * Bytes that a simulation with delayed timing takes at its peak, for any number of steps: flows that wait for
 * the layers that read them, and the input, current, zeros, output, membranes and spikes of one layer.
 */
export function delayedBytes(layers: readonly Layer[], footprint: Omit<Footprint, 'steps'>): number {
  const { height, width, sums, membranes } = footprint;
  const own = (layer: Layer) => valuesIn(outputDims(layer, height, width));
  const flow = (layer: Layer) => 4 * own(layer);
  const input = (layer: Layer) => 4 * valuesIn(inputSize(layer, height, width));
  const firing = (layer: Layer) => (4 * (3 + membranes) + 1) * own(layer);
  const kept = layers.filter(hasNeuron).reduce((sum, layer) => sum + sums * flow(layer), 0);
  return peakOfSignals(layers, flow, (layer) => input(layer) + firing(layer)) + kept + weightBytes(layers);
}

/** Neurons of a layer, with those of padded channels. */
function neurons(layer: Layer, height: number, width: number): number {
  const out = outputDims(layer, height, width);
  return out.height * out.width * Math.ceil(out.channels / LANES) * LANES;
}
