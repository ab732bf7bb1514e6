/**
 * What a network is made of: layers, each an operation with the signals that it reads and what follows it. A
 * table of them is plain data that the U-Net, the conversion, the spiking simulation, the training and the
 * energy models all walk in the same order. An architecture (unet.ts) lists the layers; graph.ts makes the
 * table of its list.
 */

import { DataError } from '../core/error.js';
import type { Op, Size } from '../op/op.js';

/** What a network is for. */
export type Task = 'segment' | 'denoise';

/** What defines the shapes of a network. `classes` is the number of output channels, whatever they mean. */
export interface Configuration {
  /** Its name in the table of architectures; left out: the paper's U-Net. */
  readonly architecture?: string;
  readonly task: Task;
  /** F, the number of channels of the first stage. */
  readonly width: number;
  /** Channels of the input image. */
  readonly channels: number;
  readonly classes: number;
}

/**
 * How several inputs become one: joined along their channels, or as the sum ((a + b) + c) + .. in float32.
 */
export type Join = 'concat' | 'add';

/**
 * What follows an operation: `relu`, in whose place the spiking network has neurons; `neurons` in the spiking
 * network only (poolings); `nothing`: the current itself is the signal, a real number in every step. Nothing
 * follows the output.
 */
export type Follower = 'relu' | 'neurons' | 'nothing';

/** One operation and the signal it feeds. */
export interface Layer {
  /** PyTorch's module name: conv1..conv19, convtranspose1..4; pooling1..4. */
  readonly name: string;
  readonly op: Op;
  /** Names of the signals it reads: `image`, or the `output` of earlier layers. */
  readonly inputs: readonly string[];
  readonly join: Join;
  /** The signal after its ReLU or neuron (relu1.., relu_convtranspose1.., pooling1..), or `output`. */
  readonly output: string;
  readonly follows: Follower;
  /** Channels of each input. */
  readonly channelsIn: readonly number[];
  readonly channelsOut: number;
  /** The side of its input relative to that of the image: times / over, in lowest terms. */
  readonly scale: Ratio;
}

/** times / over, both whole and above 0. */
export interface Ratio {
  readonly times: number;
  readonly over: number;
}

export const IMAGE = 'image';
export const OUTPUT = 'output';

/** Whether a layer reads the image, whose values are not spikes: such a layer multiplies. */
export function readsImage(layer: Layer): boolean {
  return layer.inputs.includes(IMAGE);
}

/** Whether a layer reads only the image, so that its current is the same in every step (static coding). */
export function isStatic(layer: Layer): boolean {
  return layer.inputs.every((name) => name === IMAGE);
}

/** Shapes of a layer's weight and bias, where it has them, in PyTorch's order. */
export function parameterShapes(layer: Layer): ReadonlyMap<'weight' | 'bias', number[]> {
  const { op, channelsOut } = layer;
  const shapes = new Map<'weight' | 'bias', number[]>();
  if (!op.hasWeights) return shapes;
  shapes.set('weight', op.weightShape(totalChannelsIn(layer)));
  return op.hasBias === false ? shapes : shapes.set('bias', [channelsOut]);
}

/** Channels of the joined input. */
export function totalChannelsIn({ join, channelsIn }: Layer): number {
  return join === 'add' ? channelsIn[0] : channelsIn.reduce((sum, part) => sum + part, 0);
}

/** The size of a layer's joined input, of an image of this height and width. */
export function inputSize(layer: Layer, height: number, width: number): Size {
  const { times, over } = layer.scale;
  const scaled = (side: number) => Math.floor((side * times) / over);
  return { height: scaled(height), width: scaled(width), channels: totalChannelsIn(layer) };
}

/** Height, width and channels of what a layer computes for an image of this size. */
export function outputDims(layer: Layer, height: number, width: number): Size {
  return layer.op.outputSize(inputSize(layer, height, width));
}

/** For each signal the last layer that reads it: after that layer it is not needed any more. */
export function lastReaders(layers: readonly Layer[]): ReadonlyMap<string, Layer> {
  return new Map(layers.flatMap((layer) => layer.inputs.map((input) => [input, layer] as const)));
}

/** Channels of the image that a network takes. */
export function imageChannels(layers: readonly Layer[]): number {
  const reader = layers.find(readsImage)!; // graph.ts has checked that there is one
  return reader.channelsIn[reader.inputs.indexOf(IMAGE)];
}

/** The layer whose signal is the network's output. */
export function outputLayer(layers: readonly Layer[]): Layer {
  return layers.find(({ output }) => output === OUTPUT)!; // graph.ts has checked that there is one
}

/**
 * Refuses a denoiser whose outputs are not its channels, and a segmenter with fewer than 2 classes
 * (DataError).
 */
export function checkOutputs({ task, channels, classes }: Configuration, source: string): void {
  const network = `${source}: a network to ${task} with ${channels} -> ${classes} channels`;
  if (task === 'denoise' && classes !== channels)
    throw new DataError(`${network}, expected as many outputs as inputs: the noise of each channel`);
  if (task === 'segment' && classes < 2)
    throw new DataError(`${network}, expected a score for each of 2 classes or more`);
}
