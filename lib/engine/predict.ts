/**
 * From an image of any size to scores: pad by reflection to a multiple of 16, run, crop back. Whoever runs the
 * network (U-Net, dense or event-driven spiking network) is a parameter.
 */

import { cropForward, padReflectForward, roundUp } from '../core/padding.js';
import type { Window } from '../core/window.js';
import { OUTPUT, SIZE_STEP } from '../net/architecture.js';
import { type Network, signalOf } from '../net/network.js';
import type { Kernels } from './contract.js';
import { forward } from './forward.js';

/** An output [H,W,K] and the spikes it took (none in a U-Net). */
export interface Prediction {
  readonly output: Float32Array;
  readonly spikes: number;
}

/**
 * Maps an input [H,W,C], H and W multiples of 16, to an output. Only spikes of neurons in the window `counted` are
 * counted (default: all); its sides are multiples of 16.
 */
export type Run = (input: Float32Array, height: number, width: number, counted?: Window) => Prediction;

/** The run of a U-Net: one forward pass. */
export function unetRun(kernels: Kernels, network: Network): Run {
  return (input, height, width) =>
    kernels.frozen(() =>
      kernels.scope((keep) => {
        const signals = forward(kernels, network, input, height, width, 'output');
        return { output: keep(signalOf(signals, OUTPUT)), spikes: 0 };
      }),
    );
}

/** An input [H,W,C] padded for the network, with its new size; where nothing is to be padded, the same array. */
export function padInput(input: Float32Array, height: number, width: number) {
  const channels = input.length / (height * width);
  const dims = paddingDims(height, width, channels);
  if (dims.paddedHeight === height && dims.paddedWidth === width) return { input, height, width };
  const padded = new Float32Array(dims.paddedHeight * dims.paddedWidth * channels);
  padReflectForward(padded, input, dims);
  return { input: padded, height: dims.paddedHeight, width: dims.paddedWidth };
}

/** The part [H,W,K] of a padded output that belongs to the image. */
export function cropOutput(output: Float32Array, height: number, width: number): Float32Array {
  const { paddedHeight, paddedWidth } = paddingDims(height, width, 1);
  const channels = output.length / (paddedHeight * paddedWidth);
  const cropped = new Float32Array(height * width * channels);
  cropForward(cropped, output, paddingDims(height, width, channels));
  return cropped;
}

/** The output [H,W,K] for an input [H,W,C] of any size. */
export function predict(run: Run, input: Float32Array, height: number, width: number): Prediction {
  const padded = padInput(input, height, width);
  const { output, spikes } = run(padded.input, padded.height, padded.width);
  return { output: cropOutput(output, height, width), spikes };
}

/** The class with the largest score at each pixel [H,W]; the first of equals. */
export function argmax(scores: Float32Array, classes: number): Uint8Array {
  const winners = new Uint8Array(scores.length / classes);
  for (let p = 0; p < winners.length; p++) {
    let winner = 0;
    for (let k = 1; k < classes; k++) if (scores[p * classes + k] > scores[p * classes + winner]) winner = k;
    winners[p] = winner;
  }
  return winners;
}

/** The size of an image when it is padded for the network. */
export function paddedSize(height: number, width: number): { paddedHeight: number; paddedWidth: number } {
  return { paddedHeight: roundUp(height, SIZE_STEP), paddedWidth: roundUp(width, SIZE_STEP) };
}

function paddingDims(height: number, width: number, channels: number) {
  return { height, width, channels, ...paddedSize(height, width) };
}
