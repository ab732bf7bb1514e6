/**
 * One run of a network on an engine, for an image of one size, and the linear part of its layers, which is
 * the same in the U-Net and in the spiking network. The caller adds what follows, a ReLU or neurons.
 */

import { IMAGE, inputSize, isStatic, type Layer, outputDims } from '../../net/architecture.js';
import { joined } from '../../net/join.js';
import { type Network, type Signals, signalOf } from '../../net/network.js';
import { layerParameters } from '../../net/parameters.js';
import { valuesIn } from '../../op/op.js';
import type { Kernels } from './contract.js';
import { kernelsOf, type OpDims } from './operations.js';

/** What all layers of a run share. Their tensors live in the kernels' innermost scope. */
export interface Frame<N extends Network = Network> {
  readonly kernels: Kernels;
  readonly network: N;
  /** Sides of the image, which the network's operations divide. */
  readonly height: number;
  readonly width: number;
}

/** The input of a layer: one signal, or several joined; the kernels can concatenate two. */
export function gatherInput(
  { kernels, height, width }: Omit<Frame, 'network'>,
  layer: Layer,
  signals: Signals,
): Float32Array {
  const parts = layer.inputs.map((name) => signalOf(signals, name));
  const [first, second] = parts;
  if (parts.length === 1) return first;
  if (!isPair(layer)) {
    const whole = joined(layer, parts);
    const out = kernels.tensor(whole.length);
    out.set(whole);
    return out;
  }
  const size = inputSize(layer, height, width);
  const out = kernels.tensor(first.length + second.length);
  const [ofFirst, ofSecond] = layer.channelsIn;
  const dims = { pixels: size.height * size.width, first: ofFirst, second: ofSecond };
  kernels.concatForward(out, first, second, dims);
  return out;
}

/** Whether a layer reads a concatenation of two signals, which kernels can join and split. */
export function isPair({ inputs, join }: Layer): boolean {
  return join === 'concat' && inputs.length === 2;
}

/** Frees the tensor that `gatherInput` made, if it made one. */
export function releaseInput({ kernels }: Pick<Frame, 'kernels'>, layer: Layer, input: Float32Array): void {
  if (layer.inputs.length > 1) kernels.release(input);
}

/** The linear operation of a layer on its (concatenated) input; `how`: as a dense tensor, or as events. */
export function applyLayer(
  frame: Frame,
  layer: Layer,
  input: Float32Array,
  how: 'forward' | 'events' = 'forward',
): Float32Array {
  const { kernels, network } = frame;
  const out = newOutput(frame, layer);
  const weights = layerParameters(network.parameters, layer);
  kernelsOf(layer.op)[how](kernels, out, input, weights, kernelDims(frame, layer));
  return out;
}

/** The linear operation of a layer on the signals that it reads. */
export function currentOf(frame: Frame, layer: Layer, signals: Signals): Float32Array {
  return applyLayer(frame, layer, gatherInput(frame, layer, signals));
}

/** Algorithm 1, line 2: the currents of layers that read only the image [H,W,C], the same in every step. */
export function staticCurrents(frame: Frame, image: Float32Array): ReadonlyMap<Layer, Float32Array> {
  const still: Signals = new Map([[IMAGE, image]]);
  const layers = frame.network.layers.filter(isStatic);
  return new Map(layers.map((layer) => [layer, currentOf(frame, layer, still)]));
}

/** A new tensor with undefined contents for the output of a layer. */
export function newOutput({ kernels, height, width }: Omit<Frame, 'network'>, layer: Layer): Float32Array {
  return kernels.tensor(valuesIn(outputDims(layer, height, width)));
}

/** The dims of a layer's kernel; each kernel reads those that it needs. */
export function kernelDims({ height, width }: Pick<Frame, 'height' | 'width'>, layer: Layer): OpDims {
  const { channelsOut, op } = layer;
  const { channels: channelsIn, ...size } = inputSize(layer, height, width);
  return { ...size, channels: channelsOut, channelsIn, channelsOut, kernel: op.kernel === 1 ? 1 : 3 };
}
