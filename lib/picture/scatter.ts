/**
 * Scatter plots: panels with equal axes from 0, one dot a pair, the diagonal, and a line of text above each.
 */

import { GLYPH_HEIGHT } from './font.js';
import type { Image } from './image.js';
import { type Colour, stroke, whiteSheet, write } from './sheet.js';

export interface Scatter {
  readonly title: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface ScatterOptions {
  /** Both axes end here. */
  readonly most: number;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Panels side by side. */
  readonly columns: number;
}

/** Side of a panel's square, and its margins, in pixels. */
const SIDE = 300;
const MARGIN = 40;
const TEXT_FACTOR = 2;
const DOT: Colour = [0, 90, 200];
const LINE: Colour = [200, 40, 40];
const AXIS: Colour = [40, 40, 40];

/** Panels row by row. Pairs beyond the axes are drawn at their end. */
export function scatter(panels: readonly Scatter[], options: ScatterOptions): Image {
  const { columns, xLabel, yLabel } = options;
  const size = SIDE + 2 * MARGIN;
  const sheet = whiteSheet(Math.ceil(panels.length / columns) * size + MARGIN, columns * size);
  panels.forEach((panel, i) => {
    const left = (i % columns) * size + MARGIN;
    const top = Math.floor(i / columns) * size + MARGIN;
    write(sheet, panel.title, left, top - GLYPH_HEIGHT * TEXT_FACTOR - 4, TEXT_FACTOR);
    drawPanel(sheet, panel, left, top, options.most);
  });
  write(
    sheet,
    `x: ${xLabel}, y: ${yLabel}, both from 0 to ${options.most}`,
    MARGIN,
    sheet.height - MARGIN,
    TEXT_FACTOR,
  );
  return sheet;
}

function drawPanel(sheet: Image, { x, y }: Scatter, left: number, top: number, most: number): void {
  const place = (value: number) => Math.round((Math.min(most, Math.max(0, value)) / most) * SIDE);
  const at = (column: number, row: number) => [left + column, top + SIDE - row] as const;
  for (let i = 0; i < x.length; i++) {
    const dot = at(place(x[i]), place(y[i]));
    stroke(sheet, dot, dot, DOT, 1);
  }
  stroke(sheet, at(0, 0), at(SIDE, SIDE), LINE, 1);
  stroke(sheet, at(0, 0), at(SIDE, 0), AXIS, 1);
  stroke(sheet, at(0, 0), at(0, SIDE), AXIS, 1);
}
