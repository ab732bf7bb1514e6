/** The metric after each number of steps. */

import type { Chart } from '../../html/chart.js';
import type { Findings } from '../findings.js';
import type { Section } from '../section.js';

export const metricSection: Section = {
  id: 'metric',
  title: 'The metric over the steps',
  render(findings) {
    const { metric, steps, against, overSteps, shown } = findings;
    const { length } = overSteps.points;
    const which = length === steps ? 'each t' : `${length} of the t`;
    return {
      says:
        `${metric} against ${against}, of ${pictureCount(shown.length)}, for ${which} up to T=${steps}; each t is ` +
        'a simulation of its own, of t steps, as "evaluate --steps t" runs it.',
      charts: [metricChart(findings)],
    };
  },
};

function pictureCount(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}

function metricChart({ metric, against, unet, overSteps: { points } }: Findings): Chart {
  const unit = metric === 'PSNR' ? `${metric} (dB)` : metric;
  // of its own answer it would be 1
  const score = against === "the U-Net's answer" ? undefined : unet?.score;
  const level = score === undefined ? undefined : { name: 'U-Net', value: score };
  const known = points.flatMap(({ steps, evaluation: { score } }) =>
    score === undefined ? [] : [{ x: steps, y: score }],
  );
  return {
    id: 'metric-chart',
    alt: `Line chart: ${metric} of the spiking network over steps t${level ? ', and of the U-Net' : ''}`,
    drawing: { draw: 'curve', points: known, level, xLabel: 'steps t', yLabel: unit },
    table: {
      header: ['steps t', unit, 'spikes an image', ...(level ? [`U-Net, ${unit}`] : [])],
      rows: points.map(({ steps, evaluation: { score, spikes, images } }) => [
        ...[steps, score ?? '-', spikes / images.length],
        ...(level ? [level.value] : []),
      ]),
    },
  };
}
