/**
 * Which kernels compute which operation: the one place where engines tell operations apart. An operation that is not in
 * the table is refused by name; a new one is a line here and a kernel in each engine.
 */

import { UsageError } from '../core/error.js';
import type { Op, Weights } from '../op/op.js';
import type { Kernels } from './contract.js';
import type { ConvDims, PoolDims } from './dims.js';
import type { Population, SpikeTrain, SpikingKernels, SpikingMode } from './spikingContract.js';

/** The sizes of an operation's input and output; each kernel reads those that it knows. */
export type OpDims = ConvDims & PoolDims;

/** An operation on an engine; results first. */
export interface OpKernels {
  forward(kernels: Kernels, out: Float32Array, input: Float32Array, weights: Weights, dims: OpDims): void;
  /** The same from few inputs that are not 0. */
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
  /** Many steps at once, with the neurons behind it. */
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

/** The kernels of an operation; UsageError where engines have none. */
export function kernelsOf({ name }: Op): OpKernels {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found) return found;
  throw new UsageError(`${name}: engines have no kernels for it, only for ${Object.keys(table).join(', ')}`);
}
