/**
 * Plots: panels with axes, lines over a logarithmic x, and one legend. It turns numbers into a picture, and
 * knows neither files nor the meaning of the numbers.
 */

import { exp, log } from '../core/elementary.js';
import { GLYPH_HEIGHT, textWidth } from './font.js';
import type { Image } from './image.js';
import { type Colour, stroke, whiteSheet, write } from './sheet.js';

export interface Point {
  /** Above 0. */
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly name: string;
  readonly colour: Colour;
  readonly points: readonly Point[];
}

export interface Plot {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The height of a dashed line, such as the best possible value. */
  readonly level?: number | undefined;
}

export interface PlotOptions {
  readonly xLabel: string;
  /** What the dashed lines are. */
  readonly levelName: string;
  /** Panels side by side. */
  readonly columns: number;
}

/** Size of a panel, and the distances from its sides to its axes, in pixels. */
const [HEIGHT, WIDTH] = [320, 440];
const INSIDE = { top: 34, bottom: HEIGHT - 46, left: 84, right: WIDTH - 20 };
const TEXT_FACTOR = 2;
const TEXT_HEIGHT = GLYPH_HEIGHT * TEXT_FACTOR;
const TICK = 5;
const LEGEND_ROW = 26;
const BLACK: Colour = [40, 40, 40];
const GREY: Colour = [225, 225, 225];

/** The position of numbers on a panel, in its pixels. */
interface Frame {
  readonly left: number;
  readonly top: number;
  x(value: number): number;
  y(value: number): number;
}

/** Panels row by row, then the legend; a panel without a point says that there is none. */
export function plot(panels: readonly Plot[], { xLabel, levelName, columns }: PlotOptions): Image {
  const rows = Math.ceil((panels.length + 1) / columns);
  const sheet = whiteSheet(rows * HEIGHT, columns * WIDTH);
  const cornerOf = (i: number) => ({ left: (i % columns) * WIDTH, top: Math.floor(i / columns) * HEIGHT });
  panels.forEach((panel, i) => {
    drawPanel(sheet, panel, xLabel, cornerOf(i));
  });
  drawLegend(sheet, panels, levelName, cornerOf(panels.length));
  return sheet;
}

function drawPanel(sheet: Image, { title, lines, level }: Plot, xLabel: string, corner: Corner): void {
  const { left, top } = corner;
  write(sheet, title, left + INSIDE.left, top + 10, TEXT_FACTOR);
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) {
    write(sheet, 'nothing yet', left + INSIDE.left, top + INSIDE.top + 20, TEXT_FACTOR);
    return;
  }
  const xs = points.map(({ x }) => log(x));
  const ys = [...points.map(({ y }) => y), ...(level === undefined ? [] : [level])];
  const [xRange, yRange] = [widened(xs, 0.1), widened(ys, 0.001)];
  const along = ([low, high]: Range, value: number) => (value - low) / (high - low);
  const frame: Frame = {
    left,
    top,
    x: (value) => Math.round(left + INSIDE.left + along(xRange, log(value)) * (INSIDE.right - INSIDE.left)),
    y: (value) => Math.round(top + INSIDE.bottom - along(yRange, value) * (INSIDE.bottom - INSIDE.top)),
  };
  drawAxes(sheet, frame, xRange, yRange, xLabel);
  if (level !== undefined) drawLevel(sheet, left + INSIDE.left, left + INSIDE.right, frame.y(level));
  for (const line of lines) drawLine(sheet, frame, line);
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

type Range = readonly [low: number, high: number];

/** The range of some numbers with a margin on either side, at least `least` each. */
function widened(values: readonly number[], least: number): Range {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(least, (high - low) * 0.07);
  return [low - margin, high + margin];
}

function drawAxes(sheet: Image, frame: Frame, [x0, x1]: Range, [y0, y1]: Range, xLabel: string): void {
  const [left, right] = [frame.left + INSIDE.left, frame.left + INSIDE.right];
  const [top, bottom] = [frame.top + INSIDE.top, frame.top + INSIDE.bottom];
  for (const { value, label } of ticks(y0, y1)) {
    const y = frame.y(value);
    stroke(sheet, [left, y], [right, y], GREY, 1);
    write(sheet, label, left - TICK - 3 - textWidth(label) * TEXT_FACTOR, y - TEXT_HEIGHT / 2, TEXT_FACTOR);
  }
  let free = left - INSIDE.left; // where the next label may begin
  for (const value of logTicks(exp(x0), exp(x1))) {
    const x = frame.x(value);
    const label = String(value);
    stroke(sheet, [x, top], [x, bottom], GREY, 1);
    stroke(sheet, [x, bottom], [x, bottom + TICK], BLACK, 1);
    if (x - textWidth(label) < free) continue;
    write(sheet, label, x - textWidth(label), bottom + TICK + 3, TEXT_FACTOR);
    free = x + textWidth(label) + TICK;
  }
  stroke(sheet, [left, top], [left, bottom], BLACK, 1);
  stroke(sheet, [left, bottom], [right, bottom], BLACK, 1);
  write(sheet, xLabel, right - textWidth(xLabel) * TEXT_FACTOR, bottom + TICK + 7 + TEXT_HEIGHT, TEXT_FACTOR);
}

/** About five round numbers between two, with as many decimals as they need. */
export function ticks(low: number, high: number): { value: number; label: string }[] {
  const rough = (high - low) / 5;
  const power = powerOfTen(rough);
  const step = [1, 2, 5, 10].map((factor) => Number(`${factor}e${power}`)).find((size) => size >= rough)!;
  const decimals = Math.max(0, -powerOfTen(step));
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const label = ((first + i) * step).toFixed(decimals);
    return { value: Number(label), label };
  });
}

/** The exponent of the largest power of ten that is not above a number, read from its decimal text. */
function powerOfTen(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

/** Which multiples of powers of ten are ticks, from many to few. */
const FACTORS = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]];
const MOST_TICKS = 6;

/** Round numbers for a logarithmic axis between two numbers: as many as there is room for. */
export function logTicks(low: number, high: number): number[] {
  const first = powerOfTen(low);
  const powers = Array.from({ length: powerOfTen(high) - first + 1 }, (_, i) => first + i);
  const choices = FACTORS.map((factors) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((value) => value >= low && value <= high),
  );
  return choices.find((values) => values.length <= MOST_TICKS) ?? choices.at(-1)!;
}

function drawLine(sheet: Image, frame: Frame, { colour, points }: Line): void {
  const placed = points.map(({ x, y }) => [frame.x(x), frame.y(y)] as const);
  placed.slice(1).forEach((to, i) => {
    stroke(sheet, placed[i], to, colour, 2);
  });
  for (const at of placed) stroke(sheet, at, at, colour, 9);
}

function drawLevel(sheet: Image, left: number, right: number, y: number): void {
  for (let x = left; x < right; x += 12) stroke(sheet, [x, y], [Math.min(x + 6, right), y], BLACK, 2);
}

/** The names of all lines, each once, in the order in which they come. */
function drawLegend(sheet: Image, panels: readonly Plot[], levelName: string, { left, top }: Corner): void {
  const colours = new Map(panels.flatMap(({ lines }) => lines.map(({ name, colour }) => [name, colour])));
  const [from, to] = [left + 30, left + 70];
  let y = top + INSIDE.top + 20;
  if (panels.some(({ level }) => level !== undefined)) {
    drawLevel(sheet, from, to, y);
    write(sheet, levelName, to + 14, y - TEXT_HEIGHT / 2, TEXT_FACTOR);
  }
  for (const [name, colour] of colours) {
    y += LEGEND_ROW;
    stroke(sheet, [from, y], [to, y], colour, 2);
    stroke(sheet, [(from + to) / 2, y], [(from + to) / 2, y], colour, 9);
    write(sheet, name, to + 14, y - TEXT_HEIGHT / 2, TEXT_FACTOR);
  }
}
