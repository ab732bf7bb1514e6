/**
 * How much memory training through time takes (throughTime.ts). The spikes of every layer in each step are
 * kept for the backward pass, and about as much goes to gradients of signals: 4 T bytes a neuron, twice, of
 * one example, or of the whole batch where it is normalised. Beside them there are the currents and membranes
 * of one layer, and the weights with their gradients and averages.
 */

import { type Layer, OUTPUT, outputDims } from '../../net/architecture.js';
import { hasNeuron } from '../../net/network.js';
import { learnedParameters, type Parameters } from '../../net/parameters.js';
import { isNormalised } from '../../neuron/normalisedParameters.js';
import { membranesOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { valuesIn } from '../../op/op.js';

const FLOAT = 4;
/** Compiled code, and arrays that nothing reads but the collector has not seen yet: about this, measured. */
export const AROUND = 40 * 2 ** 20;

/** What an update is computed on. */
export interface UpdateSize {
  /** Sides of a patch in pixels. */
  readonly height: number;
  readonly width: number;
  /** Examples of an update. */
  readonly batch: number;
  /** T */
  readonly steps: number;
  /** How many averages of each weight the optimiser keeps. */
  readonly slots: number;
}

/** Bytes that training through time takes at its peak. */
export function throughTimeBytes(network: SpikingNetwork, size: UpdateSize): number {
  const { height, width, steps, batch, slots } = size;
  const together = steps * (network.batchNormalisation ? batch : 1);
  const own = (layer: Layer) => valuesIn(outputDims(layer, height, width));
  const fired = network.layers.reduce((sum, layer) => sum + (layer.output === OUTPUT ? 0 : own(layer)), 0);
  const working = network.layers.map((layer) => own(layer) * workingArrays(network, layer, steps, together));
  const weights =
    valuesOf(network.parameters) + (1 + slots) * valuesOf(learnedParameters(network.parameters));
  return FLOAT * (2 * together * fired + Math.max(...working) + weights) + AROUND;
}

/** Arrays of the size of a layer's output that its backward pass takes: its currents, and its membranes. */
function workingArrays(network: SpikingNetwork, layer: Layer, steps: number, together: number): number {
  if (!hasNeuron(layer)) return together;
  const normalised = network.batchNormalisation && isNormalised(layer);
  return (normalised ? 2 : 1) * together + steps * membranesOf(network, layer);
}

function valuesOf(parameters: Parameters): number {
  return [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
}
