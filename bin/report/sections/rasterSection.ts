/** The spikes of the neurons above one pixel, step by step. */

import type { Section } from '../section.js';

export const rasterSection: Section = {
  id: 'raster',
  title: 'Neurons of one pixel',
  render({ column: { signal, row, column }, overSteps: { points }, steps }) {
    if (steps === 1) return undefined;
    const times = points.map((point) => point.steps);
    const channels = points[0].column.length;
    const rates = points.map((point, k) => {
      const since = point.steps - (times[k - 1] ?? 0);
      return point.column.map((spikes) => spikes / since);
    });
    const spikes = rates.flatMap((row, k) =>
      row.map((spikes, channel) => ({ step: times[k], channel, spikes })),
    );
    const each = times.length === steps ? 'in each step' : 'a step, up to each t since the one before';
    return {
      says:
        `How many spikes the ${channels} neurons of ${signal} above row ${row}, column ${column} of the first ` +
        `picture fire ${each}.`,
      charts: [
        {
          id: 'raster-chart',
          alt: `Raster: spikes of ${channels} neurons of ${signal} over ${steps} steps`,
          drawing: { draw: 'raster', spikes, steps: times, channels },
          table: {
            header: ['channel', ...times.map((t) => `t=${t}`)],
            rows: Array.from({ length: channels }, (_, c) => [c, ...rates.map((row) => row[c])]),
          },
        },
      ],
    };
  },
};
