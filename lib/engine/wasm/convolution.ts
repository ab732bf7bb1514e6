/**
 * Convolutions and transposed convolutions, dense and event-driven, and their gradients with respect to the
 * input.
 */

import type { ConvDims, Kernels } from '../kernels/contract.js';
import { BLOCK, WIDE_BLOCK } from './constants.js';
import { cutGrid } from './cut.js';
import {
  convolution,
  convolutionGradient,
  encodeGeometry,
  type Geometry,
  transposedConvolution,
  transposedConvolutionGradient,
} from './geometry.js';
import type { Machine } from './machine.js';
import { denseScratch, eventScratch } from './scratch.js';
import { packedBias, packedWeights, zeroBias } from './weights.js';

type Convolutions = Pick<
  Kernels,
  | 'conv2dForward'
  | 'conv2dBackwardInput'
  | 'convTranspose2dForward'
  | 'convTranspose2dBackwardInput'
  | 'eventConv2d'
  | 'eventConvTranspose2d'
>;

export function convolutions(machine: Machine): Convolutions {
  const forward =
    (kernel: Convolver, geometryOf: (dims: ConvDims) => Geometry): Kernels['convTranspose2dForward'] =>
    (out, input, weight, bias, dims) => {
      const geometry = geometryOf(dims as ConvDims);
      const makeBias = () => packedBias(machine, bias);
      run(machine, { kernel, geometry, out, input, weight, exchanged: false, makeBias });
    };
  const backward =
    (geometryOf: (dims: ConvDims) => Geometry): Kernels['convTranspose2dBackwardInput'] =>
    (gradInput, gradOut, weight, dims) => {
      const geometry = geometryOf(dims as ConvDims);
      const makeBias = () => zeroBias(machine, dims.channelsIn);
      const tensors = { out: gradInput, input: gradOut, weight };
      run(machine, { kernel: 'denseConvolution', geometry, ...tensors, exchanged: true, makeBias });
    };
  return {
    conv2dForward: forward('denseConvolution', convolution),
    conv2dBackwardInput: backward(convolutionGradient),
    convTranspose2dForward: forward('denseConvolution', transposedConvolution),
    convTranspose2dBackwardInput: backward(transposedConvolutionGradient),
    eventConv2d: forward('eventConvolution', convolution),
    eventConvTranspose2d: forward('eventConvolution', transposedConvolution),
  };
}

type Convolver = 'denseConvolution' | 'eventConvolution';

interface Call {
  readonly kernel: Convolver;
  readonly geometry: Geometry;
  readonly out: Float32Array;
  readonly input: Float32Array;
  readonly weight: Float32Array;
  /** Whether sums are over the weights' output channels, as in the gradient with respect to the input. */
  readonly exchanged: boolean;
  /** Makes the bias within the call, and returns its address. */
  makeBias(): number;
}

function run(machine: Machine, { kernel, geometry, out, input, weight, exchanged, makeBias }: Call): void {
  const dense = kernel === 'denseConvolution';
  const block = dense ? BLOCK : WIDE_BLOCK;
  const cut = cutGrid(geometry, block, machine.threads.count);
  machine.call((lend) => {
    machine.threads.run(kernel, cut.bands * cut.groups, {
      geometry: lend.words(encodeGeometry(geometry, cut)),
      out: lend.result(out),
      input: lend.input(input),
      weights: packedWeights(machine, weight, { geometry, block, exchanged }),
      bias: makeBias(),
      ...lend.scratch(dense ? denseScratch(geometry, cut) : eventScratch(geometry, cut)),
    });
  });
}
