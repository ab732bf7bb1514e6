/**
 * p for neurons that are clipped: in T steps a neuron fires at most T times the values of all its spikes, and
 * beyond that more current changes nothing. p = 1[I_in > 0] lets their gradient pass all the same; here
 * p = 1[0 < I_in < T sum(spike values)], which for the multi-threshold neuron is T sum(V_th). What hands on
 * its current in place of spikes (neuron/exact.ts) is never clipped.
 */

import { hasNeuron, type Signals, signalOf } from '../net/network.js';
import { neuronOf, type SpikingNetwork } from '../neuron/spikingNetwork.js';

export interface Currents {
  readonly currents: Signals;
}

export const boundedGate = {
  gates({ currents }: Currents, network: SpikingNetwork, steps: number): Signals {
    const layers = network.layers.filter((layer) => hasNeuron(layer) && currents.has(layer.output));
    return new Map(
      layers.map((layer) => {
        const { spikeValues } = neuronOf(network, layer).parameters;
        const all = spikeValues.length > 0 ? spikeValues.reduce((sum, value) => sum + value) : Infinity;
        const most = steps * all;
        const bounded = signalOf(currents, layer.output).map((current) => (current < most ? current : 0));
        return [layer.output, bounded];
      }),
    );
  },
};
