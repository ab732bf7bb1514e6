/**
 * The network of the paper (section 3.1, Fig. 1d) as a table of layers: plain data that the U-Net, the
 * conversion, the spiking simulation, the training and the energy models all walk in the same order.
 * Encoder and decoder have four stages of widths F, 2F, 4F, 8F with 16F between them (the paper's F is 64).
 * Every conv but the last and every transposed conv is followed by a ReLU; there is no batch normalisation.
 */

import type { Task } from '../image/dataset/dataset.js';
import { UsageError } from '../tensor/error.js';

/** What defines the shapes of a network. `classes` is the number of output channels, whatever they mean. */
export interface Configuration {
  readonly task: Task;
  /** F, the number of channels of the first stage. */
  readonly width: number;
  /** Channels of the input image. */
  readonly channels: number;
  readonly classes: number;
}

/** One linear operation and the signal it feeds; two inputs are concatenated in the order (skip, up). */
export interface Layer {
  /** PyTorch's module name: conv1..conv19, convtranspose1..4; pooling1..4. */
  readonly name: string;
  readonly operation: 'conv' | 'convTranspose' | 'pool';
  readonly kernel: 1 | 2 | 3;
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

/** The table of layers in the order of computation; UsageError for a configuration that makes no sense. */
export function buildLayers(configuration: Configuration): readonly Layer[] {
  const { task, width, channels, classes } = configuration;
  requireCount('--width', width);
  requireCount('input channels', channels);
  requireCount('output channels (classes)', classes);
  const layers: Layer[] = [];
  let conv = 0;
  let signal = { name: IMAGE, channels };

  const addConv = (channelsOut: number, level: number, skip?: { name: string; channels: number }) => {
    const inputs = skip ? [skip, signal] : [signal];
    conv += 1;
    layers.push({
      name: `conv${conv}`,
      operation: 'conv',
      kernel: 3,
      inputs: inputs.map((input) => input.name),
      output: `relu${conv}`,
      channelsIn: inputs.map((input) => input.channels),
      channelsOut,
      level,
    });
    signal = { name: `relu${conv}`, channels: channelsOut };
  };

  const addResampling = (
    operation: 'pool' | 'convTranspose',
    stage: number,
    channelsOut: number,
    level: number,
  ) => {
    const pool = operation === 'pool';
    const name = pool ? `pooling${stage}` : `convtranspose${stage}`;
    const output = pool ? name : `relu_${name}`;
    const shape = {
      kernel: pool ? (2 as const) : (3 as const),
      channelsIn: [signal.channels],
      channelsOut,
      level,
    };
    layers.push({ name, operation, inputs: [signal.name], output, ...shape });
    signal = { name: output, channels: channelsOut };
  };

  const skips: { name: string; channels: number }[] = [];
  for (let level = 0; level < STAGES; level++) {
    const features = width * 2 ** level;
    addConv(features, level);
    addConv(features, level);
    skips.push(signal);
    addResampling('pool', level + 1, features, level);
  }
  addConv(width * SIZE_STEP, STAGES);
  addConv(width * SIZE_STEP, STAGES);
  for (let level = STAGES - 1; level >= 0; level--) {
    const features = width * 2 ** level;
    addResampling('convTranspose', STAGES - level, features, level + 1);
    addConv(features, level, skips[level]);
    addConv(features, level);
  }
  const kernel = task === 'segment' ? 1 : 3;
  const last = { kernel, channelsIn: [signal.channels], channelsOut: classes, level: 0 } as const;
  layers.push({ name: `conv${conv + 1}`, operation: 'conv', inputs: [signal.name], output: OUTPUT, ...last });
  return layers;
}

/** Shapes of a layer's parameters in PyTorch's order: weight OIHW or IOHW, bias O; pooling has none. */
export function parameterShapes(layer: Layer): { weight: number[]; bias: number[] } | undefined {
  if (layer.operation === 'pool') return undefined;
  const channelsIn = totalChannelsIn(layer);
  const [first, second] =
    layer.operation === 'conv' ? [layer.channelsOut, channelsIn] : [channelsIn, layer.channelsOut];
  return { weight: [first, second, layer.kernel, layer.kernel], bias: [layer.channelsOut] };
}

/** Channels of the (concatenated) input. */
export function totalChannelsIn(layer: Layer): number {
  return layer.channelsIn.reduce((sum, part) => sum + part, 0);
}

/** Height, width and channels of what a layer computes for an image of this size. */
export function outputDims(layer: Layer, height: number, width: number) {
  const level = layer.level + { conv: 0, pool: 1, convTranspose: -1 }[layer.operation];
  return { height: height >> level, width: width >> level, channels: layer.channelsOut };
}

function requireCount(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`${what}: got ${value}, expected a whole number of at least 1`);
  }
}
