/** The script of a page: draws every chart in its place, and again when its width or its colours change. */

import { plot } from '@observablehq/plot';
import type { Drawing } from '../chart.js';
import { compareTwo } from './compareTwo.js';
import { drawings } from './drawings.js';

interface Data {
  readonly charts: readonly { readonly id: string; readonly drawing: Drawing }[];
}

/** In pixels; wider charts are harder to read. */
const WIDEST = 900;
/** Below a chart, in pixels: room for the name of its axis below the labels. */
const BOTTOM = 44;

/** The charts of this page; a page that makes its charts later has none in its text. */
const { charts }: Data = JSON.parse(document.getElementById('data')?.textContent ?? '{"charts": []}');

/** Draws a chart as wide as its place. */
function drawChart(place: HTMLElement, drawing: Drawing): void {
  const width = Math.min(WIDEST, place.clientWidth);
  const draw = drawings[drawing.draw] as (data: Drawing, width: number) => object;
  const drawn = plot({ width, marginBottom: BOTTOM, ...draw(drawing, width) });
  drawn.setAttribute('aria-hidden', 'true'); // its place has a name
  place.replaceChildren(drawn);
}

function drawAll(): void {
  for (const { id, drawing } of charts) drawChart(document.getElementById(id)!, drawing);
}

/** For scripts that make charts later. */
export type DrawChart = typeof drawChart;
Object.assign(globalThis, { drawChart });

drawAll();
let drawn = document.documentElement.clientWidth;
addEventListener('resize', () => {
  if (document.documentElement.clientWidth === drawn) return; // a phone hides its bars as one scrolls
  drawn = document.documentElement.clientWidth;
  drawAll();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
for (const pictures of document.querySelectorAll('.pictures')) compareTwo(pictures);
