/**
 * Scatter plots: panels with equal axes from 0, one dot a pair, the diagonal, and a line of text above each.
 */

import { GLYPH_HEIGHT } from './font.js';
import type { Image } from './image.js';
import { enlarge, paste, textImage, whiteSheet } from './sheet.js';

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
const DOT = [0, 90, 200] as const;
const LINE = [200, 40, 40] as const;
const AXIS = [40, 40, 40] as const;

/** Panels row by row. Pairs beyond the axes are drawn at their end. */
export function scatter(panels: readonly Scatter[], options: ScatterOptions): Image {
  const { columns, xLabel, yLabel } = options;
  const size = SIDE + 2 * MARGIN;
  const sheet = whiteSheet(Math.ceil(panels.length / columns) * size + MARGIN, columns * size);
  panels.forEach((panel, i) => {
    const left = (i % columns) * size + MARGIN;
    const top = Math.floor(i / columns) * size + MARGIN;
    write(sheet, panel.title, left, top - GLYPH_HEIGHT * TEXT_FACTOR - 4);
    drawPanel(sheet, panel, left, top, options.most);
  });
  write(sheet, `x: ${xLabel}, y: ${yLabel}, both from 0 to ${options.most}`, MARGIN, sheet.height - MARGIN);
  return sheet;
}

function drawPanel(sheet: Image, { x, y }: Scatter, left: number, top: number, most: number): void {
  const place = (value: number) => Math.round((Math.min(most, Math.max(0, value)) / most) * SIDE);
  const put = (column: number, row: number, colour: readonly number[]) =>
    sheet.data.set(colour, 3 * ((top + SIDE - row) * sheet.width + left + column));
  for (let i = 0; i < x.length; i++) put(place(x[i]), place(y[i]), DOT);
  for (let k = 0; k <= SIDE; k++) {
    put(k, k, LINE);
    for (const [column, row] of [
      [k, 0],
      [0, k],
    ])
      put(column, row, AXIS);
  }
}

function write(sheet: Image, words: string, left: number, top: number): void {
  paste(sheet, enlarge(textImage(words), TEXT_FACTOR), left, top);
}
