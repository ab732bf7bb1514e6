/** Convolutions and transposed convolutions, dense and event-driven, and their gradients by the input. */

import type { ConvDims, Kernels } from '../contract.js';
import { cutGrid } from './cut.js';
import {
  type Cut,
  convolution,
  convolutionGradient,
  encodeGeometry,
  type Geometry,
  transposedConvolution,
  transposedConvolutionGradient,
} from './geometry.js';
import type { Machine } from './machine.js';
import { BLOCK, packedBias, packedWeights, WIDE_BLOCK, zeroBias } from './weights.js';

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
    const scratch = lend.scratch(dense ? denseScratch(geometry, cut) : eventScratch(geometry, cut));
    const words = lend.words(encodeGeometry(geometry, cut));
    const [target, source] = [lend.result(out), lend.input(input)];
    machine.threads.run(kernel, cut.bands * cut.groups, words, target, source, weights, bias, ...scratch);
  });
}

/** Bytes that assembly/dense.ts needs: offsets, the row of a block that is not full, and a padded band. */
export function denseScratch(geometry: Geometry, cut: Cut): number {
  const { gridWidth, paddedWidth, channelsIn, inputStep } = geometry;
  const behind = 4 * inputStep; // pixels that are read, but not used, where a row is no multiple of 4
  return 128 + gridWidth * 64 + (inputRows(geometry, cut) * paddedWidth + behind) * channelsIn * 4;
}

/** Bytes that assembly/gather.ts needs: runs, the currents of a row, and the events of a band at their most. */
export function eventScratch(geometry: Geometry, cut: Cut): number {
  const { gridWidth, inputWidth, paddedWidth, channelsIn } = geometry;
  const rows = inputRows(geometry, cut);
  return 128 + gridWidth * 64 + rows * (paddedWidth + 1) * 4 + 8 + rows * inputWidth * channelsIn * 8;
}

function inputRows(geometry: Geometry, cut: Cut): number {
  return (Math.min(cut.bandRows, geometry.gridHeight) - 1) * geometry.inputStep + geometry.reach;
}
