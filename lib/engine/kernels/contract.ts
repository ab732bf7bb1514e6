/**
 * The kernels that every back-end provides, and what each of them must compute, to the bit.
 *
 * The numeric contract: arithmetic is float32, each product and each sum is rounded on its own (no fused
 * multiply-add). A convolution output is ((bias + p1) + p2) + ... with the products in the order
 * (ky, kx, ci), ci fastest; terms whose input is zero may be left out, and a result of -0 is stored as +0.
 * What each kernel computes, and in which order, is the definition in lib/op. Signatures: results first, dims
 * last; results are overwritten, never accumulated into; inputs are never changed.
 *
 * Values must be finite: the product of an infinite weight and a zero is not defined.
 *
 * Layouts: activations [H,W,C]; packed weights [ky,kx,I,O] (see format/layout.ts for PyTorch's OIHW and
 * IOHW).
 */

import type { Window } from '../../core/window.js';
import type { AdamOptions } from '../../op/adam.js';
import type { ChannelLoops } from '../../op/channelLoops.js';
import type { RmspropOptions } from '../../op/rmsprop.js';
import type { SgdOptions } from '../../op/sgd.js';
import type { ClassDims, ConcatDims, ConvDims, ConvTransposeDims, PoolDims } from './dims.js';
import type { IntegerKernels } from './integerContract.js';
import type { SpikingKernels } from './spikingContract.js';
import type { StepKernels } from './stepContract.js';

export type {
  AdamOptions,
  ClassDims,
  ConcatDims,
  ConvDims,
  ConvTransposeDims,
  PoolDims,
  RmspropOptions,
  SgdOptions,
};

/**
 * The memory of tensors. Kernels also take ordinary arrays, which an engine with its own memory must copy.
 */
export interface TensorMemory {
  /**
   * A tensor with undefined contents in this engine's memory; it is freed when the innermost `scope` ends.
   * Outside of all scopes it is an ordinary array.
   */
  tensor(length: number): Float32Array;
  /** Frees a tensor before its scope ends. */
  release(tensor: Float32Array): void;
  /** A copy of values in this engine's memory, until it is released. */
  resident(values: Float32Array): Float32Array;
  /**
   * Runs `work` and then frees the tensors that it made. `keep` takes a whole tensor and returns one with the
   * same contents, which stays valid in the enclosing scope or, outside of all scopes, for ever.
   */
  scope<T>(work: (keep: (tensor: Float32Array) => Float32Array) => T): T;
  /** Runs `work`, which must not change weights and biases: an engine may keep them in another order. */
  frozen<T>(work: () => T): T;
  /** Like `frozen` for these tensors only, until the returned function is called. */
  hold(weights: Iterable<Float32Array>): () => void;
  /**
   * Ends the threads and frees the memory; afterwards nothing may be called, and none of its tensors read.
   */
  dispose(): void;
}

export interface Kernels extends TensorMemory {
  /** How many threads it computes on; the bits do not depend on this number. */
  readonly threads: number;
  /** Layers of spiking neurons over many steps at once, if the engine has such kernels. */
  readonly spiking?: SpikingKernels;
  /** Single steps of neurons, if the engine has such kernels. */
  readonly steps?: StepKernels;
  /** Networks in whole numbers, if the engine has such kernels. */
  readonly integers?: IntegerKernels;

  /** For batch normalisation. */
  readonly channels: ChannelLoops;

  conv2dForward(
    out: Float32Array,
    input: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvDims,
  ): void;
  conv2dBackwardInput(
    gradInput: Float32Array,
    gradOut: Float32Array,
    weight: Float32Array,
    dims: ConvDims,
  ): void;
  conv2dBackwardWeight(
    gradWeight: Float32Array,
    gradBias: Float32Array,
    gradOut: Float32Array,
    input: Float32Array,
    dims: ConvDims,
  ): void;

  convTranspose2dForward(
    out: Float32Array,
    input: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvTransposeDims,
  ): void;
  convTranspose2dBackwardInput(
    gradInput: Float32Array,
    gradOut: Float32Array,
    weight: Float32Array,
    dims: ConvTransposeDims,
  ): void;
  convTranspose2dBackwardWeight(
    gradWeight: Float32Array,
    gradBias: Float32Array,
    gradOut: Float32Array,
    input: Float32Array,
    dims: ConvTransposeDims,
  ): void;

  avgPool2dForward(out: Float32Array, input: Float32Array, dims: PoolDims): void;
  avgPool2dBackward(gradInput: Float32Array, gradOut: Float32Array, dims: PoolDims): void;

  reluForward(out: Float32Array, input: Float32Array): void;
  /** Passes the gradient where `gate` (the input or the output of the ReLU) is positive. */
  reluBackward(gradInput: Float32Array, gradOut: Float32Array, gate: Float32Array): void;

  concatForward(out: Float32Array, first: Float32Array, second: Float32Array, dims: ConcatDims): void;
  concatBackward(
    gradFirst: Float32Array,
    gradSecond: Float32Array,
    gradOut: Float32Array,
    dims: ConcatDims,
  ): void;

  /**
   * Mean loss over the pixels (Eq. 11) and its gradient with respect to the logits. `labels` [pixels] holds
   * class ids, or VOID: such a pixel has no gradient and does not count in the mean. The loss is 0 if all are
   * void.
   */
  softmaxCrossEntropy(
    gradLogits: Float32Array,
    logits: Float32Array,
    labels: Uint8Array,
    dims: ClassDims,
  ): number;
  /** Mean absolute error over all values (Eq. 12), and its gradient. */
  l1Loss(gradPrediction: Float32Array, prediction: Float32Array, target: Float32Array): number;

  adamStep(
    weight: Float32Array,
    moment1: Float32Array,
    moment2: Float32Array,
    gradient: Float32Array,
    options: AdamOptions,
  ): void;
  rmspropStep(
    weight: Float32Array,
    squareAverage: Float32Array,
    momentumBuffer: Float32Array,
    gradient: Float32Array,
    options: RmspropOptions,
  ): void;
  sgdStep(
    weight: Float32Array,
    momentumBuffer: Float32Array,
    gradient: Float32Array,
    options: SgdOptions,
  ): void;

  /** sum += part, element by element. */
  addInto(sum: Float32Array, part: Float32Array): void;
  /** values /= divisor, element by element. */
  divideBy(values: Float32Array, divisor: number): void;
  /** How many values are not 0. */
  countNonZero(values: Float32Array): number;
  /** The sum of numbers of spikes [H,W,C] in a window. */
  countWithin(spikes: Uint8Array, window: Window, dims: Omit<PoolDims, 'height'>): number;

  /** conv2dForward in time proportional to the non-zero values of its input [H,W,I]; the same bits. */
  eventConv2d(
    out: Float32Array,
    spikes: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvDims,
  ): void;
  /** convTranspose2dForward in time proportional to the non-zero values of its input; the same bits. */
  eventConvTranspose2d(
    out: Float32Array,
    spikes: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvTransposeDims,
  ): void;
  /** avgPool2dForward of spikes; the same bits. */
  eventAvgPool2d(out: Float32Array, spikes: Float32Array, dims: PoolDims): void;
}
