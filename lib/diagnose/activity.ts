/** What the neurons of a network did on some images: spikes by layer and step, by neuron, and their cost. */

import type { FloatImage } from '../core/floatImage.js';
import type { Simulation } from '../engine/simulate/simulation.js';
import { type LayerCost, layerCosts, meanCosts } from '../measure/energyModels.js';
import type { Layer } from '../net/architecture.js';

/** Spikes of a layer in each step, [T], the mean over the images. */
export interface LayerActivity {
  readonly signal: string;
  /** How many neurons it has on the first image. */
  readonly neurons: number;
  readonly perStep: readonly number[];
}

export interface Activity {
  readonly layers: readonly LayerActivity[];
  /** How many neurons of all layers and images fired k spikes in all steps, by k. */
  readonly neuronsBySpikes: readonly number[];
  /** The mean over the images. */
  readonly costs: readonly LayerCost[];
}

/** Adds up simulations of one network, which must have kept their spike counts. */
export function newActivity(layers: readonly Layer[]) {
  const costs: LayerCost[][] = [];
  const perLayer = new Map<string, { neurons: number; perStep: Float64Array }>();
  const neuronsBySpikes: number[] = [];
  return {
    add({ spikeCounts, eventCounts, spikesPerStep }: Simulation, { height, width }: FloatImage): void {
      costs.push(layerCosts(layers, new Map([...spikeCounts, ...eventCounts]), height, width));
      for (const [signal, counts] of spikeCounts) {
        for (const spikes of counts) neuronsBySpikes[spikes] = (neuronsBySpikes[spikes] ?? 0) + 1;
        const steps = spikesPerStep.get(signal)!;
        const known = perLayer.get(signal);
        if (known) for (let t = 0; t < steps.length; t++) known.perStep[t] += steps[t];
        else perLayer.set(signal, { neurons: counts.length, perStep: steps.slice() });
      }
    },
    summary(): Activity {
      return {
        layers: [...perLayer].map(([signal, { neurons, perStep }]) => ({
          ...{ signal, neurons },
          perStep: Array.from(perStep, (spikes) => spikes / costs.length),
        })),
        neuronsBySpikes: Array.from(neuronsBySpikes, (neurons) => neurons ?? 0),
        costs: meanCosts(costs),
      };
    },
  };
}
