/** The sizes that kernels are called with. */

export type { ClassDims } from '../../op/losses.js';

/** A 1x1 or 3x3 convolution, stride 1, zero padding (kernel - 1) / 2. Input [H,W,I], output [H,W,O]. */
export interface ConvDims {
  readonly height: number;
  readonly width: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly kernel: 1 | 3;
}

/** A 3x3 transposed convolution, stride 2, padding 1, output padding 1. Input [H,W,I], output [2H,2W,O]. */
export type ConvTransposeDims = Omit<ConvDims, 'kernel'>;

/** 2x2 average pooling, stride 2. Input [H,W,C] with H and W even, output [H/2,W/2,C]. */
export interface PoolDims {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Two tensors [pixels,first] and [pixels,second] joined into one of [pixels,first+second]. */
export interface ConcatDims {
  readonly pixels: number;
  readonly first: number;
  readonly second: number;
}
