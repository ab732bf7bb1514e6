/**
 * Which kernels compute which operation: the only place where engines distinguish operations. An operation
 * that is not in the table runs by its definition, step by step; a fast one needs an entry here and a kernel
 * in each engine.
 */

import type { Op, Size, Weights } from '../../op/op.js';
import type { Kernels } from './contract.js';
import type { ConvDims, PoolDims } from './dims.js';
import type { Population, SpikeTrain, SpikingKernels, SpikingMode } from './spikingContract.js';

/** The sizes of an operation's input and output; each kernel reads those that it needs. */
export type OpDims = ConvDims & PoolDims;

/** An operation on an engine; results first. */
export interface OpKernels {
  forward(kernels: Kernels, out: Float32Array, input: Float32Array, weights: Weights, dims: OpDims): void;
  /** `forward` in time proportional to the inputs that are not 0; the same bits. */
  events(kernels: Kernels, out: Float32Array, spikes: Float32Array, weights: Weights, dims: OpDims): void;
  backwardInput(
    kernels: Kernels,
    gradInput: Float32Array,
    gradOut: Float32Array,
    weights: Weights,
    dims: OpDims,
  ): void;
  backwardWeights(
    kernels: Kernels,
    gradients: Weights,
    gradOut: Float32Array,
    input: Float32Array,
    dims: OpDims,
  ): void;
  /** Many steps at once, with the neurons that follow. */
  spike(
    spiking: SpikingKernels,
    population: Population,
    inputs: readonly SpikeTrain[],
    weights: Weights,
    dims: OpDims,
    mode: SpikingMode,
  ): SpikeTrain;
}

const convolution: OpKernels = {
  forward: (k, out, input, { weight, bias }, dims) => k.conv2dForward(out, input, weight, bias, dims),
  events: (k, out, spikes, { weight, bias }, dims) => k.eventConv2d(out, spikes, weight, bias, dims),
  backwardInput: (k, gradInput, gradOut, { weight }, dims) =>
    k.conv2dBackwardInput(gradInput, gradOut, weight, dims),
  backwardWeights: (k, { weight, bias }, gradOut, input, dims) =>
    k.conv2dBackwardWeight(weight, bias, gradOut, input, dims),
  spike: (spiking, population, inputs, { weight, bias }, dims, mode) =>
    spiking.convolve(population, inputs, weight, bias, dims, mode),
};

const transposed: OpKernels = {
  forward: (k, out, input, { weight, bias }, dims) =>
    k.convTranspose2dForward(out, input, weight, bias, dims),
  events: (k, out, spikes, { weight, bias }, dims) => k.eventConvTranspose2d(out, spikes, weight, bias, dims),
  backwardInput: (k, gradInput, gradOut, { weight }, dims) =>
    k.convTranspose2dBackwardInput(gradInput, gradOut, weight, dims),
  backwardWeights: (k, { weight, bias }, gradOut, input, dims) =>
    k.convTranspose2dBackwardWeight(weight, bias, gradOut, input, dims),
  spike: (spiking, population, inputs, { weight, bias }, dims, mode) =>
    spiking.convolveTransposed(population, inputs, weight, bias, dims, mode),
};

const pooling: OpKernels = {
  forward: (k, out, input, _weights, dims) => k.avgPool2dForward(out, input, dims),
  events: (k, out, spikes, _weights, dims) => k.eventAvgPool2d(out, spikes, dims),
  backwardInput: (k, gradInput, gradOut, _weights, dims) => k.avgPool2dBackward(gradInput, gradOut, dims),
  backwardWeights: () => undefined,
  spike: (spiking, population, [input]) => spiking.pool(population, input),
};

const table: Readonly<Record<string, OpKernels>> = {
  'conv2d 1x1': convolution,
  'conv2d 3x3': convolution,
  'convTranspose2d 3x3 stride 2': transposed,
  'avgPool2d 2x2': pooling,
};

/** Whether engines have kernels of their own for an operation. */
export function hasKernels({ name }: Op): boolean {
  return Object.hasOwn(table, name);
}

/** The kernels of an operation; where engines have none, its definition. */
export function kernelsOf(op: Op): OpKernels {
  return hasKernels(op) ? table[op.name] : definitionOf(op);
}

/** Any operation by its own plain loops, on every engine, step by step. */
function definitionOf(op: Op): OpKernels {
  const sizeOf = ({ height, width, channelsIn }: OpDims): Size => ({ height, width, channels: channelsIn });
  const forward: OpKernels['forward'] = (_k, out, input, weights, dims) =>
    out.set(op.forward(input, sizeOf(dims), weights));
  return {
    forward,
    events: forward,
    backwardInput: (_k, gradInput, gradOut, weights, dims) =>
      gradInput.set(op.backwardInput(gradOut, sizeOf(dims), weights)),
    backwardWeights(_k, gradients, gradOut, input, dims) {
      const { weight, bias } = op.backwardWeights(gradOut, input, sizeOf(dims));
      gradients.weight.set(weight);
      gradients.bias.set(bias);
    },
    spike() {
      throw new Error(`${op.name}: has no fused kernel, expected to run step by step`);
    },
  };
}
