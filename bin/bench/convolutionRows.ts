/** The convolutions to time, as tables of calls, shapes and densities. */

import { stream } from '../../lib/core/rng.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { type Engine, tensorOf, zerosOf } from './engine.js';
import type { Call, Work } from './measure.js';

export interface Shape {
  /** The input is [size,size,channelsIn]. */
  readonly size: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly kernel: 1 | 3;
}

type Operation = 'conv2d' | 'convTranspose2d';

export interface ConvTensors {
  readonly input: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly out: Float32Array;
  readonly gradInput: Float32Array;
  readonly gradWeight: Float32Array;
  readonly gradBias: Float32Array;
  readonly gradOut: Float32Array;
}

/** Calls a kernel on tensors of a shape; returns its first result. */
type ConvCall = (
  kernels: Kernels,
  tensors: ConvTensors,
  dims: Parameters<Kernels['conv2dForward']>[4],
) => void;

const convCalls: Readonly<Record<Operation, Readonly<Record<string, ConvCall>>>> = {
  conv2d: {
    Forward: (k, t, dims) => k.conv2dForward(t.out, t.input, t.weight, t.bias, dims),
    BackwardInput: (k, t, dims) => k.conv2dBackwardInput(t.gradInput, t.gradOut, t.weight, dims),
    BackwardWeight: (k, t, dims) =>
      k.conv2dBackwardWeight(t.gradWeight, t.gradBias, t.gradOut, t.input, dims),
  },
  convTranspose2d: {
    Forward: (k, t, dims) => k.convTranspose2dForward(t.out, t.input, t.weight, t.bias, dims),
    BackwardInput: (k, t, dims) => k.convTranspose2dBackwardInput(t.gradInput, t.gradOut, t.weight, dims),
    BackwardWeight: (k, t, dims) =>
      k.convTranspose2dBackwardWeight(t.gradWeight, t.gradBias, t.gradOut, t.input, dims),
  },
};

const eventCalls: Readonly<Record<Operation, ConvCall>> = {
  conv2d: (k, t, dims) => k.eventConv2d(t.out, t.input, t.weight, t.bias, dims),
  convTranspose2d: (k, t, dims) => k.eventConvTranspose2d(t.out, t.input, t.weight, t.bias, dims),
};

/**
 * The top, the middle and the bottom of a U-Net on an image with sides of `size`, a multiple of 16: the 3x3
 * convolutions all have the same work.
 */
function shapesFor(size: number): readonly (readonly [Operation, Shape])[] {
  return [
    ['conv2d', { size: size / 4, channelsIn: 64, channelsOut: 64, kernel: 3 }],
    ['conv2d', { size, channelsIn: 16, channelsOut: 16, kernel: 3 }],
    ['conv2d', { size: size / 16, channelsIn: 256, channelsOut: 256, kernel: 3 }],
    ['conv2d', { size, channelsIn: 64, channelsOut: 2, kernel: 1 }],
    ['convTranspose2d', { size: size / 8, channelsIn: 128, channelsOut: 64, kernel: 3 }],
  ];
}

const DENSITIES = [0.02, 0.05, 0.1, 0.2, 0.5];

/** Works that are measured together; all are compared with the first. */
export type Together = readonly Work[];

/** Each convolution with its gradients. */
export function convolutionSets(size: number): Together[] {
  return shapesFor(size).map(([operation, shape]) =>
    Object.entries(convCalls[operation]).map(([name, call]) =>
      convWork(`${operation}${name} ${describe(shape)}`, operation, shape, 1, call),
    ),
  );
}

/** Each 3x3 convolution of dense input with its event-driven twin at all densities. */
export function eventSets(size: number): Together[] {
  const shapes = shapesFor(size).filter(([, { kernel }]) => kernel === 3);
  return shapes.map(([operation, shape]) => {
    const event = eventCalls[operation];
    return [
      denseWork('dense', operation, shape),
      ...DENSITIES.map((density) =>
        convWork(
          `event ${operation} ${describe(shape)} density ${density}`,
          operation,
          shape,
          density,
          event,
        ),
      ),
    ];
  });
}

/** A convolution of dense input in float32; `kind` is the first word of its name. */
export function denseWork(kind: string, operation: Operation, shape: Shape): Work {
  const { Forward } = convCalls[operation];
  return convWork(`${kind} ${operation} ${describe(shape)}`, operation, shape, 1, Forward);
}

export function describe({ kernel, channelsIn, channelsOut, size }: Shape): string {
  return `${kernel}x${kernel} ${channelsIn}->${channelsOut} ${size}x${size}`;
}

/**
 * Multiply-accumulates of a call: a transposed convolution has 9/4 taps per output pixel, 9 per input pixel.
 */
export function macsOf({ size, channelsIn, channelsOut, kernel }: Shape): number {
  return size * size * kernel * kernel * channelsIn * channelsOut;
}

function convWork(name: string, operation: Operation, shape: Shape, density: number, call: ConvCall): Work {
  return {
    name,
    unit: 'GMAC/s',
    amount: macsOf(shape),
    frozen: true,
    prepare: (engine) => ({ call: convCall(engine, operation, shape, density, call) }),
  };
}

function convCall(engine: Engine, operation: Operation, shape: Shape, density: number, call: ConvCall): Call {
  const { size, channelsIn, channelsOut, kernel } = shape;
  const input = randomSpikes(size * size * channelsIn, density);
  const outputs = size * size * channelsOut * (operation === 'conv2d' ? 1 : 4);
  const weights = kernel * kernel * channelsIn * channelsOut;
  const tensors: ConvTensors = {
    input: tensorOf(engine, input),
    weight: tensorOf(engine, randomValues(weights)),
    bias: tensorOf(engine, randomValues(channelsOut)),
    out: zerosOf(engine, outputs),
    gradInput: zerosOf(engine, input.length),
    gradWeight: zerosOf(engine, weights),
    gradBias: zerosOf(engine, channelsOut),
    gradOut: tensorOf(engine, randomValues(outputs)),
  };
  const dims = { height: size, width: size, channelsIn, channelsOut, kernel };
  return () => {
    call(engine.kernels, tensors, dims);
    return tensors.out;
  };
}

/** Values in -0.5 .. 0.5. */
export function randomValues(length: number): Float32Array {
  const random = stream(1, 'bench', 'values');
  return Float32Array.from({ length }, () => random.uniform() - 0.5);
}

/**
 * Weighted spikes of a multi-threshold neuron, 0.25 .. 3.75, at a fraction `density` of places, else zeros.
 */
function randomSpikes(length: number, density: number): Float32Array {
  const random = stream(1, 'bench', 'spikes');
  return Float32Array.from({ length }, () =>
    random.uniform() < density ? 0.25 * (1 + random.integer(15)) : 0,
  );
}
