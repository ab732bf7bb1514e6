/**
 * The kernels every back-end provides, and what each of them must compute, to the bit.
 *
 * The numeric contract: arithmetic is float32, each product and each sum is rounded on its own (no fused
 * multiply-add). A convolution output is ((bias + p1) + p2) + ... with the products in the order
 * (ky, kx, ci), ci fastest; terms whose input is zero may be left out, and a result of -0 is stored as +0.
 * The order of every gradient stands next to its kernel in reference/. Signatures: results first, dims last;
 * results are overwritten, never accumulated into; inputs are never changed.
 *
 * Layouts: activations [H,W,C]; packed weights [ky,kx,I,O] (see tensor/layout.ts for PyTorch's OIHW and IOHW).
 */

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

/** Two tensors [pixels,first] and [pixels,second] side by side in one of [pixels,first+second]. */
export interface ConcatDims {
  readonly pixels: number;
  readonly first: number;
  readonly second: number;
}

/** Scores of `classes` classes at `pixels` pixels: logits [pixels,K]. */
export interface ClassDims {
  readonly pixels: number;
  readonly classes: number;
}

/** Hyper-parameters of one Adam update, PyTorch's names and semantics; `step` counts from 1. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly step: number;
}

/** Hyper-parameters of one RMSprop update, PyTorch's names and semantics. */
export interface RmspropOptions {
  readonly learningRate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/** What an event-driven kernel reads: for each pixel p the channels and values in offsets[p] .. offsets[p+1]. */
export interface EventList {
  /** [pixels + 1] where each pixel's events start. */
  readonly offsets: Uint32Array;
  /** [events] channel of each event, ascending within a pixel. */
  readonly channels: Uint32Array;
  /** [events] weighted spike of each event, never zero. */
  readonly values: Float32Array;
}

export interface Kernels {
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

  /** Mean loss over the pixels (Eq. 11) and its gradient by the logits. `labels` [pixels] holds class ids. */
  softmaxCrossEntropy(
    gradLogits: Float32Array,
    logits: Float32Array,
    labels: Uint8Array,
    dims: ClassDims,
  ): number;
  /** Mean absolute error over all values (Eq. 12) and its gradient by the prediction. */
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

  /** The non-zero values of a dense tensor [pixels,channels] as an event list. */
  eventsOf(dense: Float32Array, pixels: number): EventList;
  /** conv2dForward with work proportional to events x fan-out; the same bits. */
  eventConv2d(
    out: Float32Array,
    events: EventList,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvDims,
  ): void;
  /** convTranspose2dForward with work proportional to events x fan-out; the same bits. */
  eventConvTranspose2d(
    out: Float32Array,
    events: EventList,
    weight: Float32Array,
    bias: Float32Array,
    dims: ConvTransposeDims,
  ): void;
  /** avgPool2dForward with work proportional to events; the same bits. */
  eventAvgPool2d(out: Float32Array, events: EventList, dims: PoolDims): void;
}
