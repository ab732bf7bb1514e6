/** Spikes of each layer in each step. */

import type { Section } from '../section.js';

export const layersSection: Section = {
  id: 'spikes',
  title: 'Spikes of layers',
  render({ overSteps: { activity }, steps }) {
    const { layers } = activity;
    const spikes = layers.flatMap(({ signal, perStep }) =>
      perStep.map((spikes, t) => ({ layer: signal, step: t + 1, spikes })),
    );
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return {
      says: 'How many spikes each layer fires in each step, from input to output, the mean over the pictures.',
      charts: [
        {
          id: 'spikes-chart',
          alt: `Chart: spikes of ${layers.length} layers in ${steps} steps`,
          drawing: { draw: 'layers', spikes, order: layers.map(({ signal }) => signal), steps },
          table: {
            header: [
              'layer',
              'neurons',
              'all steps',
              ...Array.from({ length: steps }, (_, t) => `t=${t + 1}`),
            ],
            rows: layers.map(({ signal, neurons, perStep }) => [signal, neurons, sum(perStep), ...perStep]),
          },
        },
      ],
    };
  },
};
