/** Activations and firing rates of a layer, counted in the cells of a grid: each neuron is in one of them. */

import type { Rates } from './rates.js';

/** How many neurons are in a cell; x and y are its lower edges, in units of lambda. */
export interface RateCell {
  readonly x: number;
  readonly y: number;
  readonly neurons: number;
}

/** Cells of a side. */
const CELLS = 48;
/** The end of both axes; what is above it counts in the last cells. */
export const MOST_RATE = 1.5;
/** The side of a cell. */
export const RATE_CELL = MOST_RATE / CELLS;

/** The cells that are not empty, row by row. */
export function rateCells({ activations, rates }: Pick<Rates, 'activations' | 'rates'>): RateCell[] {
  const counts = new Uint32Array(CELLS * CELLS);
  const cellOf = (value: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(value / RATE_CELL)));
  for (let n = 0; n < rates.length; n++) counts[cellOf(rates[n]) * CELLS + cellOf(activations[n])]++;
  return Array.from(counts, (neurons, k) => ({
    x: (k % CELLS) * RATE_CELL,
    y: Math.floor(k / CELLS) * RATE_CELL,
    neurons,
  })).filter(({ neurons }) => neurons > 0);
}
