/** The distance of a simulation's flows from the U-Net's activations, layer by layer, summed over images. */

import { outputLambdas } from '../convert/scales.js';
import { type SpikingModel, scalesOf } from '../convert/spikingModel.js';
import type { Simulation } from '../engine/simulate/simulation.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron, signalOf } from '../net/network.js';
import { type LayerNeuron, neuronOf } from '../neuron/spikingNetwork.js';

/** lambda [C] of each channel, by the name of the signal. */
export type Units = ReadonlyMap<string, ArrayLike<number>>;

export function unitsOf(spiking: SpikingModel): Units {
  const scales = scalesOf(spiking, spiking.conversion);
  return new Map(scales.map((ofLayer) => [ofLayer.layer.output, outputLambdas(ofLayer)]));
}

/** The sums of one layer so far. */
export interface Tallied {
  readonly signal: string;
  /** lambda: one, or one a channel. */
  readonly unit: ArrayLike<number>;
  /** The most that a neuron can fire in a step, in volts; Infinity if there is no limit. */
  readonly most: number;
  readonly sums: { error: number; size: number; clipped: number; neurons: number; spikes: number };
  readonly fired: Uint8Array;
  summary(): {
    readonly error: number;
    readonly clipped: number;
    readonly silent: number;
    readonly channels: number;
    readonly spikes: number;
  };
}

export type Tallies = ReadonlyMap<string, Tallied>;

export function newTallies(spiking: SpikingModel): Tallies {
  const units = unitsOf(spiking);
  const entries = spiking.layers.filter(hasNeuron).map((layer) => {
    const unit = units.get(layer.output)!;
    return [layer.output, newTally(layer, unit, mostOf(neuronOf(spiking, layer)))] as const;
  });
  return new Map(entries);
}

function newTally({ output, channelsOut }: Layer, unit: ArrayLike<number>, most: number): Tallied {
  const sums = { error: 0, size: 0, clipped: 0, neurons: 0, spikes: 0 };
  const fired = new Uint8Array(channelsOut);
  const summary = () => ({
    error: sums.size === 0 ? Math.sqrt(sums.error) : Math.sqrt(sums.error / sums.size),
    clipped: sums.clipped / sums.neurons,
    silent: fired.filter((once) => once === 0).length,
    channels: fired.length,
    spikes: sums.spikes / sums.neurons,
  });
  return { signal: output, unit, most, sums, fired, summary };
}

function mostOf({ parameters: { spikeValues } }: LayerNeuron): number {
  return spikeValues.length === 0
    ? Number.POSITIVE_INFINITY
    : spikeValues.reduce((sum, value) => sum + value, 0);
}

/**
 * Adds one image: the U-Net's activations [h,w,C] of the layer, and a simulation with its flows and spike
 * counts.
 */
export function tally(
  { signal, unit, most, sums, fired }: Tallied,
  exact: Float32Array,
  simulation: Simulation,
): void {
  const flow = signalOf(simulation.flows, signal);
  const counts = simulation.spikeCounts.get(signal)!;
  for (let n = 0; n < exact.length; n++) {
    const lambda = unit[n % unit.length];
    const difference = (lambda * flow[n]) / simulation.steps - exact[n];
    sums.error += difference * difference;
    sums.size += exact[n] * exact[n];
    if (exact[n] > most * lambda) sums.clipped++;
    sums.spikes += counts[n];
    if (flow[n] !== 0) fired[n % fired.length] = 1;
  }
  sums.neurons += exact.length;
}
