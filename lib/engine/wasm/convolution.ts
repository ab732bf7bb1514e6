/** Convolutions and transposed convolutions, dense and event-driven, and their gradients by the input. */

import type { ConvDims, Kernels } from '../contract.js';
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
    (kernel: KernelName, geometryOf: (dims: ConvDims) => Geometry) =>
    (
      out: Float32Array,
      input: Float32Array,
      weight: Float32Array,
      bias: Float32Array,
      dims: Omit<ConvDims, 'kernel'>,
    ) => {
      const address = () => packedBias(machine, bias);
      run(machine, kernel, geometryOf(dims as ConvDims), out, input, weight, false, address);
    };
  const backward =
    (geometryOf: (dims: ConvDims) => Geometry) =>
    (
      gradInput: Float32Array,
      gradOut: Float32Array,
      weight: Float32Array,
      dims: Omit<ConvDims, 'kernel'>,
    ) => {
      const address = () => zeroBias(machine, dims.channelsIn);
      run(
        machine,
        'denseConvolution',
        geometryOf(dims as ConvDims),
        gradInput,
        gradOut,
        weight,
        true,
        address,
      );
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

type KernelName = 'denseConvolution' | 'eventConvolution';

function run(
  machine: Machine,
  kernel: KernelName,
  geometry: Geometry,
  out: Float32Array,
  input: Float32Array,
  weight: Float32Array,
  exchanged: boolean,
  biasAddress: () => number,
): void {
  const dense = kernel === 'denseConvolution';
  const block = dense ? BLOCK : WIDE_BLOCK;
  const cut = cutGrid(geometry, block, machine.threads.count);
  machine.call((lend) => {
    const weights = packedWeights(machine, weight, { geometry, block, exchanged });
    const bias = biasAddress();
    machine.threads.run(kernel, cut.bands * cut.groups, {
      geometry: lend.words(encodeGeometry(geometry, cut)),
      out: lend.result(out),
      input: lend.input(input),
      weights,
      bias,
      ...lend.scratch(dense ? denseScratch(geometry, cut) : eventScratch(geometry, cut)),
    });
  });
}
