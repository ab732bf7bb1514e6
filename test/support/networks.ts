/** Small networks and images for the tests, all from a seed. */

import { type Rng, stream } from '../../lib/core/rng.js';
import type { Model } from '../../lib/model/model.js';
import type { Configuration } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { initialParameters, newParameters } from '../../lib/net/parameters.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';

/** A U-Net with random weights and, unlike a fresh one, random biases. */
export function randomModel(configuration: Configuration, seed = 1): Model {
  const layers = buildLayers(configuration);
  const parameters = new Map(initialParameters(layers, seed));
  for (const [name, values] of parameters) {
    if (!name.endsWith('.bias')) continue;
    const random = stream(seed, 'bias', name);
    parameters.set(
      name,
      values.map(() => 0.1 * random.normal()),
    );
  }
  const classNames =
    configuration.task === 'segment' ? Array.from({ length: configuration.classes }, (_, k) => `${k}`) : [];
  return { layers, parameters, stage: 'ann', configuration, preprocess: 'plain', classNames, notes: {} };
}

/** An image [H,W,C] with values 0..1. */
export function randomImage(random: Rng, height: number, width: number, channels: number): Float32Array {
  return Float32Array.from({ length: height * width * channels }, () => random.uniform());
}

/**
 * A spiking network whose weights are small multiples of 2^-4 (normalised weights of about the right size).
 */
export function dyadicNetwork(
  configuration: Configuration,
  neuron: string,
  thresholds: number[],
  seed = 1,
): SpikingNetwork {
  const layers = buildLayers(configuration);
  const parameters = new Map(newParameters(layers, (length) => new Float32Array(length)));
  for (const [name, values] of parameters) {
    const random = stream(seed, 'dyadic', name);
    const range = name.endsWith('.bias') ? 2 : 4;
    parameters.set(
      name,
      values.map(() => (random.integer(2 * range + 1) - range + (range === 4 ? 0.5 : 0)) / 16),
    );
  }
  const kind = findNeuron(neuron);
  return { layers, parameters, neuron: kind, neuronParameters: neuronParameters(kind, { thresholds }) };
}
