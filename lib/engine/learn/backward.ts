/**
 * Back-propagation through the layer table, by hand. It serves the U-Net and, with other signals and gates,
 * the spiking network: in Algorithm 1 (lines 16-20) the accumulated flows I_out take the place of the
 * activations, the gates p = 1[I_in > 0] that of the ReLU's derivative, and the bias enters T times instead
 * of once.
 */

import { IMAGE, inputSize, isStatic, type Layer, OUTPUT } from '../../net/architecture.js';
import { parted } from '../../net/join.js';
import { hasRelu, type Network, type Signals, signalOf } from '../../net/network.js';
import { layerParameters, newParameters, type Parameters } from '../../net/parameters.js';
import type { Weights } from '../../op/op.js';
import type { Kernels } from '../kernels/contract.js';
import { type Frame, gatherInput, isPair, kernelDims, releaseInput } from '../kernels/frame.js';
import { kernelsOf } from '../kernels/operations.js';

/** What the backward pass needs of the forward pass. */
export interface Trace {
  /** The signals that the layers read: activations, or flows I_out (Eq. 10). */
  readonly signals: Signals;
  /** The gate of each signal by name; no entry: the gradient passes unchanged. */
  readonly gates: Signals;
  /** How often the bias entered the output: 1, or T. */
  readonly biasFactor: number;
}

/** The trace of a U-Net's forward pass: a ReLU's own output is its gate. */
export function unetTrace({ layers }: Network, signals: Signals): Trace {
  const gates: Signals = new Map();
  for (const layer of layers) if (hasRelu(layer)) gates.set(layer.output, signalOf(signals, layer.output));
  return { signals, gates, biasFactor: 1 };
}

/**
 * The gradient of every parameter, given that of the network's output [H,W,K]. A signal that two layers read
 * receives the sum of their gradients, the later layer's first. The gradients live in the scope of the
 * caller.
 */
export function backward(frame: Frame, trace: Trace, gradOutput: Float32Array): Parameters {
  const { kernels, network } = frame;
  const gradients = newParameters(network.layers, kernels.tensor);
  const gradSignals: Signals = new Map([[OUTPUT, gradOutput]]);
  for (const layer of network.layers.toReversed()) {
    const gradOut = signalOf(gradSignals, layer.output);
    gradSignals.delete(layer.output);
    const gate = trace.gates.get(layer.output);
    if (gate) kernels.reluBackward(gradOut, gradOut, gate);
    if (layer.op.hasWeights)
      parameterGradient(frame, layer, trace, [layerParameters(gradients, layer), gradOut]);
    if (!isStatic(layer)) scatterGradient(frame, gradSignals, layer, inputGradient(frame, layer, gradOut));
    if (gradOut !== gradOutput) kernels.release(gradOut);
  }
  return gradients;
}

/** dL/dW = delta x signal and dL/db = delta x biasFactor (Algorithm 1, line 19). */
export function parameterGradient(
  frame: Frame,
  layer: Layer,
  { signals, biasFactor = 1 }: Pick<Trace, 'signals'> & Partial<Trace>,
  [own, gradOut]: readonly [gradients: Weights, gradOut: Float32Array],
): void {
  const { bias } = own;
  const input = gatherInput(frame, layer, signals);
  kernelsOf(layer.op).backwardWeights(frame.kernels, own, gradOut, input, kernelDims(frame, layer));
  releaseInput(frame, layer, input);
  if (biasFactor !== 1) for (let co = 0; co < bias.length; co++) bias[co] *= biasFactor;
}

/** The gradient with respect to a layer's (concatenated) input (Algorithm 1, line 18). */
export function inputGradient(frame: Frame, layer: Layer, gradOut: Float32Array): Float32Array {
  const { kernels, network } = frame;
  const dims = kernelDims(frame, layer);
  const gradInput = kernels.tensor(dims.height * dims.width * dims.channelsIn);
  const weights = layerParameters(network.parameters, layer);
  kernelsOf(layer.op).backwardInput(kernels, gradInput, gradOut, weights, dims);
  return gradInput;
}

/** Adds the gradient of a layer's input to the gradients of the signals that it is made of. */
export function scatterGradient(
  { kernels, height, width }: Frame,
  gradSignals: Signals,
  layer: Layer,
  gradInput: Float32Array,
): void {
  if (layer.inputs.length === 1) {
    addGradient(kernels, gradSignals, layer.inputs[0], gradInput);
    return;
  }
  const size = inputSize(layer, height, width);
  const pixels = size.height * size.width;
  const parts = layer.channelsIn.map((channels) => kernels.tensor(pixels * channels));
  if (isPair(layer)) {
    const [first, second] = layer.channelsIn;
    kernels.concatBackward(parts[0], parts[1], gradInput, { pixels, first, second });
  } else {
    parted(layer, gradInput).forEach((part, k) => {
      parts[k].set(part);
    });
  }
  kernels.release(gradInput);
  parts.forEach((part, k) => {
    if (layer.inputs[k] === IMAGE) kernels.release(part);
    else addGradient(kernels, gradSignals, layer.inputs[k], part);
  });
}

function addGradient(kernels: Kernels, gradSignals: Signals, name: string, gradient: Float32Array): void {
  const sum = gradSignals.get(name);
  if (!sum) {
    gradSignals.set(name, gradient);
    return;
  }
  kernels.addInto(sum, gradient);
  kernels.release(gradient);
}
