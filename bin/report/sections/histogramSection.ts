/** How often neurons fire. */

import type { Section } from '../section.js';

/** The most bins; each is as wide as a whole number of spikes. */
const BINS = 40;

export const histogramSection: Section = {
  id: 'histogram',
  title: 'Firing rates',
  render({ overSteps: { activity }, steps }) {
    const bins = binsOf(activity.neuronsBySpikes, steps);
    return {
      says: 'The share of all neurons by their firing rate, in spikes a step; the first bar holds the least active.',
      charts: [
        {
          id: 'histogram-chart',
          alt: `Histogram: share of neurons by spikes a step, ${bins.length} bins`,
          drawing: { draw: 'histogram', bins },
          table: {
            header: ['spikes a step, from', 'to below', 'neurons', 'share'],
            rows: bins.map(({ from, to, neurons, share }) => [from, to, neurons, share]),
          },
        },
      ],
    };
  },
};

/** Bins of rates from the number of neurons that fired k spikes in all steps. */
function binsOf(neuronsBySpikes: readonly number[], steps: number) {
  const all = neuronsBySpikes.reduce((sum, neurons) => sum + neurons, 0);
  const spikes = Math.ceil(neuronsBySpikes.length / BINS);
  return Array.from({ length: Math.ceil(neuronsBySpikes.length / spikes) }, (_, b) => {
    const within = neuronsBySpikes.slice(b * spikes, (b + 1) * spikes);
    const neurons = within.reduce((sum, count) => sum + count, 0);
    return { from: (b * spikes) / steps, to: ((b + 1) * spikes) / steps, neurons, share: neurons / all };
  });
}
