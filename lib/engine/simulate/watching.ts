/** Layers that a caller watches while the steps run: what it is shown are copies, so it may keep them. */

import { UsageError } from '../../core/error.js';
import { type Layer, OUTPUT } from '../../net/architecture.js';
import { hasNeuron } from '../../net/network.js';
import type { StepRecord, Watch } from './simulation.js';

const [NO_SPIKES, NO_MEMBRANE] = [new Uint8Array(0), new Float32Array(0)];

/** Callbacks of the simulation that show a caller what it watches; UsageError for a layer without neurons. */
export function watching(layers: readonly Layer[], { signals, onStep }: Watch) {
  const known = [...layers.filter(hasNeuron).map(({ output }) => output), OUTPUT];
  const unknown = signals.find((signal) => !known.includes(signal));
  if (unknown !== undefined)
    throw new UsageError(`watch ${unknown}: has no neurons, expected some of ${known.join(', ')}`);
  const watched = new Set(signals);
  return {
    onStep({ layer: { output: signal }, step, output, spikes, membrane }: Omit<StepRecord, 'current'>): void {
      if (!watched.has(signal)) return;
      onStep({ signal, step, output: output.slice(), spikes: spikes.slice(), membrane: membrane.slice() });
    },
    onOutput(step: number, sum: Float32Array): void {
      if (!watched.has(OUTPUT)) return;
      onStep({ signal: OUTPUT, step, output: sum.slice(), spikes: NO_SPIKES, membrane: NO_MEMBRANE });
    },
  };
}
