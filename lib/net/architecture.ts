/**
 * The network of the paper (section 3.1, Fig. 1d) as a table of layers: plain data that the U-Net, the
 * conversion, the spiking simulation, the training and the energy models all walk in the same order.
 * Encoder and decoder have four stages of widths F, 2F, 4F, 8F with 16F between them (the paper's F is 64).
 * Every conv but the last and every transposed conv is followed by a ReLU; there is no batch normalisation.
 */

import { DataError, UsageError } from '../core/error.js';
import { avgPool2d } from '../op/avgPool2d.js';
import { conv2d } from '../op/conv2d.js';
import { convTranspose2d } from '../op/convTranspose2d.js';
import type { Op, Size } from '../op/op.js';

/** What a network is for. */
export type Task = 'segment' | 'denoise';

/** What defines the shapes of a network. `classes` is the number of output channels, whatever they mean. */
export interface Configuration {
  readonly task: Task;
  /** F, the number of channels of the first stage. */
  readonly width: number;
  /** Channels of the input image. */
  readonly channels: number;
  readonly classes: number;
}

/** One operation and the signal it feeds; two inputs are concatenated in the order (skip, up). */
export interface Layer {
  /** PyTorch's module name: conv1..conv19, convtranspose1..4; pooling1..4. */
  readonly name: string;
  readonly op: Op;
  /** Names of the signals it reads: `image`, or the `output` of earlier layers. */
  readonly inputs: readonly string[];
  /** Name of the signal behind its ReLU or neuron (relu1.., relu_convtranspose1.., pooling1..), or `output`. */
  readonly output: string;
  /** Channels of each input. */
  readonly channelsIn: readonly number[];
  readonly channelsOut: number;
  /** The input is [H / 2^level, W / 2^level] of the image. */
  readonly level: number;
}

export const IMAGE = 'image';
export const OUTPUT = 'output';
const STAGES = 4;

/** Height and width of an image must be multiples of this: it is halved four times. */
export const SIZE_STEP = 2 ** STAGES;

/** What a layer computes, as the next one sees it. */
interface Signal {
  readonly name: string;
  readonly channels: number;
}

/** The table of layers in the order of computation; UsageError for a configuration that makes no sense. */
export function buildLayers(configuration: Configuration): readonly Layer[] {
  const { task, width, channels, classes } = configuration;
  requireCount('--width', width);
  requireCount('input channels', channels);
  requireCount('output channels (classes)', classes);
  const layers: Layer[] = [];
  const add = (layer: Omit<Layer, 'inputs' | 'channelsIn'>, ...inputs: readonly Signal[]): Signal => {
    const channelsIn = inputs.map((input) => input.channels);
    layers.push({ ...layer, inputs: inputs.map((input) => input.name), channelsIn });
    return { name: layer.output, channels: layer.channelsOut };
  };
  let convs = 0;
  const addConv = (channelsOut: number, level: number, ...inputs: readonly Signal[]): Signal => {
    convs += 1;
    const names = { name: `conv${convs}`, output: `relu${convs}` };
    return add({ ...names, op: conv2d({ channelsOut, kernel: 3 }), channelsOut, level }, ...inputs);
  };

  let signal: Signal = { name: IMAGE, channels };
  const skips: Signal[] = [];
  for (let level = 0; level < STAGES; level++) {
    const channelsOut = width * 2 ** level;
    skips[level] = addConv(channelsOut, level, addConv(channelsOut, level, signal));
    const name = `pooling${level + 1}`;
    signal = add({ name, output: name, op: avgPool2d, channelsOut, level }, skips[level]);
  }
  signal = addConv(width * SIZE_STEP, STAGES, addConv(width * SIZE_STEP, STAGES, signal));
  for (let level = STAGES - 1; level >= 0; level--) {
    const channelsOut = width * 2 ** level;
    const name = `convtranspose${STAGES - level}`;
    const op = convTranspose2d({ channelsOut, kernel: 3, stride: 2 });
    const up = add({ name, output: `relu_${name}`, op, channelsOut, level: level + 1 }, signal);
    signal = addConv(channelsOut, level, addConv(channelsOut, level, skips[level], up));
  }
  const op = conv2d({ channelsOut: classes, kernel: task === 'segment' ? 1 : 3 });
  add({ name: `conv${convs + 1}`, output: OUTPUT, op, channelsOut: classes, level: 0 }, signal);
  return layers;
}

/** Shapes of a layer's parameters in PyTorch's order; undefined where it has none. */
export function parameterShapes(layer: Layer): { weight: number[]; bias: number[] } | undefined {
  const { op, channelsOut } = layer;
  return op.hasWeights ? { weight: op.weightShape(totalChannelsIn(layer)), bias: [channelsOut] } : undefined;
}

/** Channels of the (concatenated) input. */
export function totalChannelsIn(layer: Layer): number {
  return layer.channelsIn.reduce((sum, part) => sum + part, 0);
}

/** The size of a layer's (concatenated) input, of an image of this height and width. */
export function inputSize(layer: Layer, height: number, width: number): Size {
  return { height: height >> layer.level, width: width >> layer.level, channels: totalChannelsIn(layer) };
}

/** Height, width and channels of what a layer computes for an image of this size. */
export function outputDims(layer: Layer, height: number, width: number): Size {
  return layer.op.outputSize(inputSize(layer, height, width));
}

/** For each signal the last layer that reads it: behind that layer it is not needed any more. */
export function lastReaders(layers: readonly Layer[]): ReadonlyMap<string, Layer> {
  return new Map(layers.flatMap((layer) => layer.inputs.map((input) => [input, layer] as const)));
}

/** Refuses a denoiser whose outputs are not its channels, and a segmenter that tells nothing apart (DataError). */
export function checkOutputs({ task, channels, classes }: Configuration, source: string): void {
  const network = `${source}: a network to ${task} with ${channels} -> ${classes} channels`;
  if (task === 'denoise' && classes !== channels)
    throw new DataError(`${network}, expected as many outputs as inputs: the noise of each channel`);
  if (task === 'segment' && classes < 2)
    throw new DataError(`${network}, expected a score for each of 2 classes or more`);
}

function requireCount(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`${what}: got ${value}, expected a whole number of at least 1`);
  }
}
