/**
 * What an operation of a network is: sizes, parameters, definition and gradients as plain loops, what it
 * costs, and how far one value reaches. How to compute it fast is the business of engines, which are held to
 * this.
 *
 * Arithmetic is float32, each product and each sum rounded on its own, in the order that stands beside each
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

/** A linear operation from an image [H,W,I] to an image [h,w,O]. */
export interface Op {
  /** What it is, down to its geometry: engines know it by this. */
  readonly name: string;
  /** Taps along an axis. */
  readonly kernel: number;
  /** Whether it has a weight and a bias. Without them it hands on its input's unit. */
  readonly hasWeights: boolean;
  outputSize(input: Size): Size;
  /** The weight's shape as PyTorch has it, for so many input channels; empty where it has none. */
  weightShape(channelsIn: number): number[];
  /** A weight from PyTorch's layout to ours, [ky,kx,I,O], and back. */
  pack(weight: Float32Array, shape: readonly number[]): Float32Array;
  unpack(packed: Float32Array, shape: readonly number[]): Float32Array;
  /** Products that an output sums on average, for so many input channels: fan-in of He et al. 2015. */
  fanIn(channelsIn: number): number;
  /** The output [h,w,O]. */
  forward(input: Float32Array, size: Size, weights: Weights): Float32Array;
  /**
   * `forward` in time proportional to the values that are not 0: spikes, each worth what it is. The same
   * bits.
   */
  events(spikes: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradient [H,W,I] by the input, from that by the output; `size` is the input's. */
  backwardInput(gradOut: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradients by weight and bias. */
  backwardWeights(gradOut: Float32Array, input: Float32Array, size: Size): Weights;
  /** What it is in ONNX; its inputs are the image, the weight in PyTorch's layout, and the bias. */
  readonly onnx: { readonly type: string; readonly attributes: OnnxAttributes };
  /** Products of a weight and an input, those with the zero padding included, biases not. */
  multiplications(input: Size): number;
  /** How many output rows (or columns) input row i of so many reaches; the edges cut some off. */
  reach(i: number, extent: number): number;
  /** How many output channels an input channel reaches: with `reach` both ways, the synapses of a neuron. */
  readonly channelsReached: number;
  /** Which input rows (or columns) these output rows read; may reach beyond the edges. */
  reads(rows: Interval): Interval;
}
