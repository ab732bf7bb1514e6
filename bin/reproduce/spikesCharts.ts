/** The charts of table `one-step`, one for each data set of which some is done: metric over spikes. */

import type { Chart } from '../html/chart.js';
import type { ResultOf } from './render.js';
import { LABELS, spikesPanels } from './spikesPlot.js';

export function spikesCharts(resultOf: ResultOf): Chart[] {
  const { xLabel, levelName } = LABELS;
  return spikesPanels(resultOf).flatMap(({ title, lines, level }, k): Chart[] => {
    const drawn = lines.filter(({ points }) => points.length > 0);
    if (drawn.length === 0) return [];
    const rows = drawn.flatMap(({ name, points }) => points.map(({ x, y }) => [name, x, y]));
    return [
      {
        id: `one-step-${k}`,
        alt: `Line chart: ${title} over ${xLabel}, of ${drawn.map(({ name }) => name).join('; ')}`,
        drawing: {
          ...{ draw: 'lines', xLabel, yLabel: title },
          lines: drawn.map(({ name, points }) => ({ name, points })),
          level: level === undefined ? undefined : { name: levelName, value: level },
        },
        table: {
          header: ['network', xLabel, title],
          rows: level === undefined ? rows : [[levelName, '-', level], ...rows],
        },
      },
    ];
  });
}
