/**
 * The forward pass. `applyLayer` is the linear part of one layer and serves the U-Net and the spiking network
 * alike; the U-Net puts a ReLU behind it, the spiking network a neuron (engine/simulateNetwork.ts).
 */

import { IMAGE, inputSize, type Layer, lastReaders, OUTPUT, outputDims } from '../net/architecture.js';
import { checkImage, hasRelu, type Network, type Signals, signalOf } from '../net/network.js';
import { layerParameters, type Parameters } from '../net/parameters.js';
import { valuesIn } from '../op/op.js';
import type { Kernels } from './contract.js';
import { requireFiniteLayer, requireFiniteOutput } from './finite.js';
import { kernelsOf, type OpDims } from './operations.js';

/**
 * Runs the U-Net on one image [H,W,C], H and W multiples of 16. The signals live in the scope of the caller: all of
 * them, for the backward pass, or with `keep` 'output' the last one only. NotFiniteError for an output that is no number.
 */
export function forward(
  kernels: Kernels,
  network: Network,
  image: Float32Array,
  height: number,
  width: number,
  keep: 'all' | 'output' = 'all',
): Signals {
  checkImage(network, image, height, width);
  const signals = walk(kernels, network, image, height, width, keep);
  requireFiniteOutput(network.layers.at(-1)!, signalOf(signals, OUTPUT), () =>
    kernels.scope(() => walk(kernels, network, image, height, width, 'output', requireFiniteLayer)),
  );
  return signals;
}

/** Layer by layer; `see` is shown each output. */
function walk(
  kernels: Kernels,
  network: Network,
  image: Float32Array,
  height: number,
  width: number,
  keep: 'all' | 'output',
  see?: (layer: Layer, signal: Float32Array) => void,
): Signals {
  const signals: Signals = new Map([[IMAGE, image]]);
  const readers = lastReaders(network.layers);
  for (const layer of network.layers) {
    const signal = computeSignal(kernels, network, layer, signals, height, width);
    signals.set(layer.output, signal);
    see?.(layer, signal);
    if (keep === 'all') continue;
    for (const name of layer.inputs) {
      if (name === IMAGE || readers.get(name) !== layer) continue;
      kernels.release(signalOf(signals, name));
      signals.delete(name);
    }
  }
  return signals;
}

/**
 * The output [H,W,K] if one signal were another, `replaced` by [h,w,C]: what comes after it is computed anew from the
 * signals of a forward pass, which stay as they are.
 */
export function forwardFrom(
  kernels: Kernels,
  network: Network,
  signals: Signals,
  replaced: { readonly name: string; readonly signal: Float32Array },
  height: number,
  width: number,
): Float32Array {
  const changed: Signals = new Map([[replaced.name, replaced.signal]]);
  const readers = lastReaders(network.layers);
  for (const layer of network.layers) {
    if (!layer.inputs.some((name) => changed.has(name))) continue;
    const seen = new Map([...signals, ...changed]);
    changed.set(layer.output, computeSignal(kernels, network, layer, seen, height, width));
    for (const name of layer.inputs) {
      if (name === replaced.name || !changed.has(name) || readers.get(name) !== layer) continue;
      kernels.release(signalOf(changed, name));
    }
  }
  return signalOf(changed, OUTPUT);
}

/** One layer with its ReLU, where it has one. */
function computeSignal(
  kernels: Kernels,
  network: Network,
  layer: Layer,
  signals: Signals,
  height: number,
  width: number,
): Float32Array {
  const input = gatherInput(kernels, layer, signals, height, width);
  const current = applyLayer(kernels, layer, network.parameters, input, height, width);
  if (hasRelu(layer)) kernels.reluForward(current, current);
  releaseInput(kernels, layer, input);
  return current;
}

/** The input of a layer: one signal, or the concatenation of two. */
export function gatherInput(
  kernels: Kernels,
  layer: Layer,
  signals: Signals,
  height: number,
  width: number,
): Float32Array {
  const [first, second] = layer.inputs.map((name) => signalOf(signals, name));
  if (!second) return first;
  const size = inputSize(layer, height, width);
  const out = kernels.tensor(first.length + second.length);
  const [ofFirst, ofSecond] = layer.channelsIn;
  const dims = { pixels: size.height * size.width, first: ofFirst, second: ofSecond };
  kernels.concatForward(out, first, second, dims);
  return out;
}

/** Gives back what `gatherInput` made, if it made anything. */
export function releaseInput(kernels: Kernels, layer: Layer, input: Float32Array): void {
  if (layer.inputs.length > 1) kernels.release(input);
}

/** The linear operation of a layer on its (concatenated) input; height and width are the image's. */
export function applyLayer(
  kernels: Kernels,
  layer: Layer,
  parameters: Parameters,
  input: Float32Array,
  height: number,
  width: number,
): Float32Array {
  const dims = kernelDims(layer, height, width);
  const out = newOutput(kernels, layer, height, width);
  kernelsOf(layer.op).forward(kernels, out, input, layerParameters(parameters, layer), dims);
  return out;
}

/** A fresh tensor, with any contents, for what a layer computes. */
export function newOutput(kernels: Kernels, layer: Layer, height: number, width: number): Float32Array {
  return kernels.tensor(valuesIn(outputDims(layer, height, width)));
}

/** The dims of a layer's kernel for an image of this size; each kernel reads those that it knows. */
export function kernelDims(layer: Layer, height: number, width: number): OpDims {
  const { channelsOut, op } = layer;
  const { channels: channelsIn, ...size } = inputSize(layer, height, width);
  return { ...size, channels: channelsOut, channelsIn, channelsOut, kernel: op.kernel === 1 ? 1 : 3 };
}
