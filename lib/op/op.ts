/**
 * What an operation of a network is: sizes, parameters, definition and gradients as plain loops, what it costs, and how
 * far one value reaches. How to compute it fast is the business of engines, which are held to this.
 *
 * Arithmetic is float32, each product and each sum rounded on its own, in the order that stands beside each function.
 */

/** An image [H,W,C]. */
export interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
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
  readonly name: string;
  /** Whether it has a weight and a bias. */
  readonly hasWeights: boolean;
  outputSize(input: Size): Size;
  /** Lengths of its parameters for so many input channels; 0 where it has none. */
  lengths(channelsIn: number): { readonly weight: number; readonly bias: number };
  /** The output [h,w,O]. */
  forward(input: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradient [H,W,I] by the input, from that by the output; `size` is the input's. */
  backwardInput(gradOut: Float32Array, size: Size, weights: Weights): Float32Array;
  /** The gradients by weight and bias. */
  backwardWeights(gradOut: Float32Array, input: Float32Array, size: Size): Weights;
  /** Products of a weight and an input, those with the zero padding included, biases not. */
  multiplications(input: Size): number;
  /** How many output rows (or columns) input row i of so many reaches; the edges cut some off. */
  reach(i: number, extent: number): number;
  /** How many output channels an input channel reaches: with `reach` both ways, the synapses of a neuron. */
  readonly channelsReached: number;
  /** Which input rows (or columns) these output rows read; may reach beyond the edges. */
  reads(rows: Interval): Interval;
}
