/** Activation and rate of one layer, without its neurons, which are counted in the cells of a grid. */

import { MOST_RATE, RATE_CELL, type RateCell, rateCells } from '../../lib/diagnose/rateCells.js';
import type { Rates } from '../../lib/diagnose/rates.js';
import type { Chart } from '../html/chart.js';

export interface LayerRates extends Pick<Rates, 'signal' | 'correlation'> {
  readonly neurons: number;
  readonly meanActivation: number;
  readonly meanRate: number;
  readonly cells: readonly RateCell[];
}

export function layerRates({ signal, correlation, activations, rates }: Rates): LayerRates {
  return {
    ...{ signal, correlation, neurons: rates.length },
    ...{ meanActivation: mean(activations), meanRate: mean(rates) },
    cells: rateCells({ activations, rates }),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A panel for each layer; `of` says what they are layers of. */
export function ratesChart(id: string, layers: readonly LayerRates[], of = ''): Chart {
  const titles = new Map(layers.map((layer) => [layer.signal, titleOf(layer)]));
  return {
    id,
    alt: `Grids of activation against firing rate${of}: ${[...titles.values()].join('; ')}`,
    drawing: {
      ...{ draw: 'rates', cell: RATE_CELL, most: MOST_RATE },
      cells: layers.flatMap(({ signal, cells }) =>
        cells.map((cell) => ({ layer: titles.get(signal)!, ...cell })),
      ),
    },
    table: {
      header: ['layer', 'correlation', 'neurons', 'mean activation', 'mean rate'],
      rows: layers.map(({ signal, correlation, neurons, meanActivation, meanRate }) => [
        ...[signal, correlation ?? '-', neurons, meanActivation, meanRate],
      ]),
    },
  };
}

function titleOf({ signal, correlation }: LayerRates): string {
  return `${signal}, r ${correlation === undefined ? 'none' : correlation.toFixed(3)}`;
}
