/**
 * Eq. 10 to the letter: I_out is 0 where I_in is not above 0, even if spikes were fired. Line 9 sums them
 * all.
 */

import { type Network, type Signals, signalOf } from '../net/network.js';
import { requireNeurons } from './neuronsOnly.js';

export interface FlowsAndCurrents {
  readonly flows: Signals;
  readonly currents: Signals;
}

export const gatedFlow = {
  flow({ flows, currents }: FlowsAndCurrents, network: Network): Signals {
    requireNeurons(network, 'flow gated');
    return new Map([...flows].map(([name, flow]) => [name, gated(flow, signalOf(currents, name))]));
  },
};

function gated(flow: Float32Array, current: Float32Array): Float32Array {
  return flow.map((sum, n) => (current[n] > 0 ? sum : 0));
}
