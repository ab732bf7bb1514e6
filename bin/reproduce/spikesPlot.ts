/**
 * The picture of table `one-step`: the metric over spikes, with a panel for each data set and a line for each
 * method.
 */

import type { Image } from '../../lib/picture/image.js';
import { type Line, type Plot, plot } from '../../lib/picture/plot.js';
import type { Colour } from '../../lib/picture/sheet.js';
import { experiments } from './experiment.js';
import { measured, SPIKES } from './metric.js';
import type { Entry } from './paperTable.js';
import { figureOf, type ResultOf } from './render.js';
import { methodsOf, unetEntry } from './tables/oneStep.js';
import { mainMetric } from './tables/overview.js';

/** One for each method, in the order of `methodsOf`. */
const COLOURS: readonly Colour[] = [
  [0, 90, 200],
  [0, 160, 190],
  [110, 180, 60],
  [150, 60, 190],
  [200, 40, 40],
  [240, 140, 0],
];

export const LABELS = { xLabel: 'million spikes an image', levelName: 'U-Net' };

export function spikesPlot(resultOf: ResultOf): Image {
  return plot(spikesPanels(resultOf), { ...LABELS, columns: 2 });
}

/** What is done of each data set; its lines may have no points yet. */
export function spikesPanels(resultOf: ResultOf): Plot[] {
  return Object.keys(experiments).map((name) => panelOf(name, resultOf));
}

function panelOf(experiment: string, resultOf: ResultOf): Plot {
  const lines: Line[] = methodsOf(experiment).map(({ name, entries }, i) => ({
    name,
    colour: COLOURS[i],
    points: entries.flatMap((entry) => pointOf(entry, resultOf)),
  }));
  return {
    title: `${experiments[experiment].title}, ${mainMetric(experiment).name}`,
    lines,
    level: figureOf(unetEntry(experiment), resultOf).ours,
  };
}

function pointOf(entry: Entry, resultOf: ResultOf) {
  const [x, y] = [SPIKES, entry.metric].map((metric) => measured(metric, resultOf(entry)));
  return x === undefined || y === undefined ? [] : [{ x, y }];
}
