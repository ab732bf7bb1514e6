/** Where the conversion lost accuracy, layer by layer: what `convert --check` shows. */

import { checkHeader } from '../../convert/checkTable.js';
import type { Chart } from '../../html/chart.js';
import type { Findings, PicturesCheck } from '../findings.js';
import type { Section } from '../section.js';

export const conversionSection: Section = {
  id: 'conversion',
  title: 'Error of the conversion',
  render({ check, metric, steps }) {
    if (!check) return undefined;
    const which = check.pictures === 1 ? 'the first picture' : `the first ${check.pictures} pictures`;
    return {
      says:
        `Of each layer on ${which}, from input to output at T=${steps}: how far its flow is from the U-Net's ` +
        'activation, how many neurons are above the most that they can fire, and how many channels never fire; ' +
        `and ${metric} against ${check.against} if only this layer spiked, and if all up to it were exact.`,
      charts: [errorChart(check, metric), scoreChart(check, metric)],
    };
  },
};

function errorChart({ layers }: PicturesCheck, metric: string): Chart {
  const of = layers.map(({ signal, error, clipped, silent, channels }) => ({
    ...{ layer: signal, error, clipped, silent, channels },
  }));
  const worst = layers.reduce((most, layer) => (layer.error > most.error ? layer : most));
  const percent = (100 * worst.error).toFixed(1);
  return {
    id: 'conversion-error',
    alt: `Bar chart: error of the flow of ${layers.length} layers, at most ${percent} % in ${worst.signal}`,
    drawing: { draw: 'flowErrors', layers: of },
    table: {
      header: checkHeader(metric),
      rows: layers.map(({ signal, error, clipped, silent, channels, spikes, alone, exactUpTo }) => [
        ...[signal, error, clipped, `${silent} of ${channels}`, spikes, alone, exactUpTo],
      ]),
    },
  };
}

function scoreChart({ layers, unet, spiking }: PicturesCheck, metric: Findings['metric']): Chart {
  const scores = layers.flatMap(({ signal, alone, exactUpTo }) => [
    { layer: signal, what: 'only it spikes', score: alone },
    { layer: signal, what: 'exact up to it', score: exactUpTo },
  ]);
  const levels = [
    { name: 'U-Net', value: unet },
    { name: 'spiking', value: spiking },
  ];
  return {
    id: 'conversion-score',
    alt: `Dots: ${metric} of ${layers.length} layers that spike alone, and if all up to them were exact`,
    drawing: { draw: 'scores', scores, levels, xLabel: metric === 'PSNR' ? `${metric} (dB)` : metric },
    table: { header: ['network', metric], rows: levels.map(({ name, value }) => [name, value]) },
  };
}
