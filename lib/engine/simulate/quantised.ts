/**
 * What a multi-threshold network with thresholds 0.5 .. 2^-N computes at T=1, written as a U-Net: the forward
 * pass with every ReLU and every pooling rounded to N bits. The weights are those of the conversion, in which
 * each channel's lambda is 1. There are no membranes and no spikes; the result is compared with the
 * simulation.
 */

import { UsageError } from '../../core/error.js';
import { IMAGE, type Layer, OUTPUT } from '../../net/architecture.js';
import { hasNeuron, type Signals, signalOf } from '../../net/network.js';
import { findNeuron } from '../../neuron/index.js';
import { neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { optimalThresholds } from '../../paper/thresholds.js';
import { applyLayer, type Frame, gatherInput, releaseInput } from '../kernels/frame.js';

/** The output [H,W,K], in the scope of the caller. UsageError if the neurons are not those of the preset. */
export function quantisedForward(frame: Frame<SpikingNetwork>, image: Float32Array): Float32Array {
  const { network } = frame;
  const bits = new Map(
    network.layers.filter(hasNeuron).map((layer) => [layer.output, bitsOf(network, layer)]),
  );
  const signals: Signals = new Map([[IMAGE, image]]);
  for (const layer of network.layers) {
    const input = gatherInput(frame, layer, signals);
    const current = applyLayer(frame, layer, input);
    releaseInput(frame, layer, input);
    if (hasNeuron(layer)) quantiseAll(current, bits.get(layer.output)!);
    signals.set(layer.output, current);
  }
  return signalOf(signals, OUTPUT);
}

/**
 * clip(ceil(2^N I - 1/2), 0, 2^N - 1) / 2^N: to the nearest, ties down; the sum is float32, like a membrane.
 */
function quantiseAll(values: Float32Array, bits: number): void {
  const levels = 2 ** bits;
  const half = 0.5 / levels;
  for (let i = 0; i < values.length; i++) {
    const code = Math.ceil(Math.fround(values[i] + half) * levels) - 1;
    values[i] = Math.min(levels - 1, Math.max(0, code)) / levels;
  }
}

/** N of a layer's neurons. */
function bitsOf(network: SpikingNetwork, layer: Layer): number {
  const { neuron, parameters } = neuronOf(network, layer);
  const { thresholds, initialPotential } = parameters;
  const half = thresholds.at(-1)! / 2;
  const usual = optimalThresholds(thresholds.length).every((volts, i) => volts === thresholds[i]);
  if (neuron === findNeuron('mt') && usual && initialPotential === half) return thresholds.length;
  throw new UsageError(`${layer.output} has other neurons than those of the preset one-step: it is no U-Net`);
}
