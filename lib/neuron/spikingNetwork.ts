/** A network of spiking neurons: which neurons follow each of its layers. */

import type { Layer } from '../net/architecture.js';
import { hasNeuron, type Network } from '../net/network.js';
import type { Parameters } from '../net/parameters.js';
import type { BatchNormalisation } from './batchNormalisation.js';
import type { NeuronParameters } from './commonParameters.js';
import type { Neuron } from './neuron.js';

/** A U-Net's layers with normalised weights and the neurons that replace its ReLUs. */
export interface SpikingNetwork extends Network {
  readonly neuron: Neuron;
  readonly neuronParameters: NeuronParameters;
  /** Layers with other neurons, by the name of their signal: relu16, pooling1, .. */
  readonly otherNeurons?: ReadonlyMap<string, LayerNeuron>;
  /** How currents are normalised, where that is not folded into the weights (normalisedParameters.ts). */
  readonly batchNormalisation?: BatchNormalisation | undefined;
  /** Bits of its weights, if its parameters are whole numbers (integer/quantise.ts). */
  readonly bits?: number | undefined;
  /** Of single layers that have others, by name. */
  readonly bitsOf?: Readonly<Record<string, number>> | undefined;
  /** Of its membranes, which saturate; left out: 32. */
  readonly membraneBits?: number | undefined;
  /** The parameters of each step, where folding makes them differ (foldedNormalisation.ts). */
  readonly stepParameters?: readonly Parameters[];
}

/** The neurons of one layer. */
export interface LayerNeuron {
  readonly neuron: Neuron;
  readonly parameters: NeuronParameters;
}

/** The neurons of a layer that has neurons. */
export function neuronOf(network: SpikingNetwork, { output }: Layer): LayerNeuron {
  const usual = { neuron: network.neuron, parameters: network.neuronParameters };
  return network.otherNeurons?.get(output) ?? usual;
}

/** Membrane potentials of each neuron of a layer. */
export function membranesOf(network: SpikingNetwork, layer: Layer): number {
  const { neuron, parameters } = neuronOf(network, layer);
  return neuron.membranes(parameters.thresholds.length);
}

/** The most membrane potentials that a neuron of any layer has. */
export function mostMembranes(network: SpikingNetwork): number {
  return Math.max(...network.layers.filter(hasNeuron).map((layer) => membranesOf(network, layer)));
}
