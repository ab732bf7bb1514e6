/**
 * What an operation of a network is: sizes, parameters, definition and gradients as plain loops, what it
 * costs, and how far one value reaches. Engines compute it fast; tests compare them with this definition.
 *
 * Arithmetic is float32, each product and each sum rounded on its own, in the order that is stated at each
 * function.
 */

import type { OnnxAttributes } from '../format/onnx.js';

/** An image [H,W,C]. */
export interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How many values an image has. */
export function valuesIn({ height, width, channels }: Size): number {
  return height * width * channels;
}

/** Packed weight [ky,kx,I,O] and bias [O]. */
export interface Weights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Rows (or columns) of an image, both ends included. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** The taps of a kernel along one axis. A position that is not whole lies between two pixels. */
export interface Taps {
  /** How many there are along an axis. */
  readonly count: number;
  /** The input position that output position o reads through tap k. */
  read(o: number, k: number): number;
  /** The output position that reads input position i through tap k. */
  reader(i: number, k: number): number;
}

/** A linear operation from an image [H,W,I] to an image [h,w,O]. */
export interface Op {
  /** Its kind and geometry in words: engines look it up by this name. */
  readonly name: string;
  /** Taps along an axis. */
  readonly kernel: number;
  /**
   * Which inputs an output sums, each times its weight (a pooling: all alike, divided by their number). Left
   * out where it is no such sum.
   */
  readonly taps?: Taps;
  /** Whether it has a weight. Without one its output has the unit of its input. */
  readonly hasWeights: boolean;
  /** Whether it has a bias as well; default: if it has a weight. */
  readonly hasBias?: boolean;
  outputSize(input: Size): Size;
  /** The weight's shape in PyTorch, given the number of input channels; empty without a weight. */
  weightShape(channelsIn: number): number[];
  /** A weight from PyTorch's layout to ours, [ky,kx,I,O], and back. */
  pack(weight: Float32Array, shape: readonly number[]): Float32Array;
  unpack(packed: Float32Array, shape: readonly number[]): Float32Array;
  /**
   * Products that an output sums on average, given the number of input channels: fan-in of He et al. 2015.
   */
  fanIn(channelsIn: number): number;
  /** The output [h,w,O]. */
  forward(input: Float32Array, size: Size, weights: Weights): Float32Array;
  /**
   * `forward` in time proportional to the number of weighted spikes (values that are not 0), with the same
   * bits.
   */
  events(spikes: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradient [H,W,I] with respect to the input, from that of the output; `size` is the input's. */
  backwardInput(gradOut: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradients with respect to weight and bias. */
  backwardWeights(gradOut: Float32Array, input: Float32Array, size: Size): Weights;
  /**
   * What it is in ONNX; its inputs are the image, the weight in PyTorch's layout, and the bias. Left out
   * where no single node is the same.
   */
  readonly onnx?: { readonly type: string; readonly attributes: OnnxAttributes };
  /** Number of products of a weight and an input; those with the zero padding count, biases do not. */
  multiplications(input: Size): number;
  /** How many output rows (or columns) input row i of `extent` reaches; edges cut some off. */
  reach(i: number, extent: number): number;
  /**
   * How many output channels an input channel reaches; times `reach` along both axes: a neuron's synapses.
   */
  readonly channelsReached: number;
  /**
   * The input rows (or columns) that these output rows read; may reach beyond the edges. Left out where that
   * depends on the size of the whole image, so that no part of it can be computed alone.
   */
  reads?(rows: Interval): Interval;
}
