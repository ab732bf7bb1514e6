/** The authors' IF neurons send spikes of 1 at any threshold: their I_out counts spikes, without V_th. */

import type { Signals } from '../net/network.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { requireNeurons } from './neuronsOnly.js';

export interface FlowsAndCounts {
  readonly flows: Signals;
  readonly spikeCounts: ReadonlyMap<string, Uint32Array>;
}

export const countedFlow = {
  keep: ['currents', 'flows', 'spikeCounts'] as const,
  flow: ({ flows, spikeCounts }: FlowsAndCounts, network: SpikingNetwork): Signals => {
    if (network.neuron.parameters.thresholds.most > 1) return flows;
    requireNeurons(network, 'flow counted');
    return new Map([...spikeCounts].map(([name, counts]) => [name, Float32Array.from(counts)]));
  },
};
