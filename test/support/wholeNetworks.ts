/** Networks in whole numbers for the tests. */

import { stream } from '../../lib/core/rng.js';
import { integerNetwork } from '../../lib/integer/integerNetwork.js';
import { quantiseParameters } from '../../lib/integer/quantise.js';
import type { Configuration } from '../../lib/net/architecture.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { randomModel } from './networks.js';

export interface WholeNetwork {
  /** Of weights. */
  readonly bits: number;
  /** N of every layer, or of single ones. */
  readonly thresholds: number;
  readonly thresholdsOf?: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/** A network with random weights, biases, and thresholds 0.5 .. 2^-N, in whole numbers. */
export function wholeNetwork(
  configuration: Configuration,
  { bits, thresholds, thresholdsOf = {}, seed = 1 }: WholeNetwork,
): SpikingNetwork {
  const { layers, parameters } = randomModel(configuration, seed);
  const network: SpikingNetwork = {
    ...{ layers, parameters: louder(parameters, seed) },
    ...halvingNeurons(thresholds, thresholdsOf),
  };
  return { ...network, parameters: quantiseParameters(network, { bits }), bits };
}

/** The network with as few bits of membranes as hold its thresholds: they saturate often. */
export function withFewestMembraneBits(network: SpikingNetwork): SpikingNetwork {
  const neurons = integerNetwork(network).filter(({ codes }) => codes !== undefined);
  const highest = neurons.map(({ divisor, codes }) => (Math.max(...divisor) * (codes!.most + 1)) / 2);
  return { ...network, membraneBits: Math.floor(Math.log2(Math.max(...highest))) + 2 };
}

/** Neurons with N thresholds 0.5 .. 2^-N, from half of the smallest; single layers may have another N. */
export function halvingNeurons(
  thresholds: number,
  thresholdsOf: Readonly<Record<string, number>>,
): Pick<SpikingNetwork, 'neuron' | 'neuronParameters' | 'otherNeurons'> {
  const neuron = findNeuron('mt');
  const withCount = (count: number) => {
    const volts = optimalThresholds(count);
    return neuronParameters(neuron, { thresholds: volts, initialPotential: volts[count - 1] / 2 });
  };
  const others = Object.entries(thresholdsOf).map(
    ([name, count]) => [name, { neuron, parameters: withCount(count) }] as const,
  );
  return { neuron, neuronParameters: withCount(thresholds), otherNeurons: new Map(others) };
}

/** Biases that let neurons of all layers fire, from time to time as often as they can. */
function louder(parameters: SpikingNetwork['parameters'], seed: number): SpikingNetwork['parameters'] {
  return new Map(
    [...parameters].map(([name, values]) => {
      if (!name.endsWith('.bias')) return [name, values];
      const random = stream(seed, 'louder', name);
      return [name, values.map(() => 0.6 * random.normal())];
    }),
  );
}
