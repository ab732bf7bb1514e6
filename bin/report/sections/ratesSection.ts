/** Activation against firing rate (Fig. 3 of the paper). */

import { MOST_RATE, RATE_CELL } from '../../../lib/diagnose/rateCells.js';
import type { LayerRates } from '../findings.js';
import type { Section } from '../section.js';

export const ratesSection: Section = {
  id: 'rates',
  title: 'Activation against firing rate',
  render({ rates, steps }) {
    if (!rates) return undefined;
    const titles = new Map(rates.map((layer) => [layer.signal, titleOf(layer)]));
    return {
      says:
        `Every neuron of some layers on the first picture: what the U-Net's activation is, and what the ` +
        `neuron fires a step over T=${steps}, both in units of lambda; a faithful conversion is a diagonal.`,
      charts: [
        {
          id: 'rates-chart',
          alt: `Grids of activation against firing rate: ${[...titles.values()].join('; ')}`,
          drawing: {
            ...{ draw: 'rates', cell: RATE_CELL, most: MOST_RATE },
            cells: rates.flatMap(({ signal, cells }) =>
              cells.map((cell) => ({ layer: titles.get(signal)!, ...cell })),
            ),
          },
          table: {
            header: ['layer', 'correlation', 'neurons', 'mean activation', 'mean rate'],
            rows: rates.map(({ signal, correlation, neurons, meanActivation, meanRate }) => [
              ...[signal, correlation ?? '-', neurons, meanActivation, meanRate],
            ]),
          },
        },
      ],
    };
  },
};

function titleOf({ signal, correlation }: LayerRates): string {
  return `${signal}, r ${correlation === undefined ? 'none' : correlation.toFixed(3)}`;
}
