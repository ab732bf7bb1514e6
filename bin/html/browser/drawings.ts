/** The drawings by name: marks of Observable Plot, for data (../chart.ts) and a width. */

import * as Plot from '@observablehq/plot';
import type { Drawings } from '../chart.js';

type Draw<Name extends keyof Drawings> = (data: Drawings[Name], width: number) => Plot.PlotOptions;

/** Below this width, in pixels, labels are broken and panels stand one below the other. */
const NARROW = 600;
const [ACCENT, OTHER] = ['var(--accent)', 'var(--other)'];
/** Up to so many points each has a label. */
const MOST_TICKS = 12;
/** Room for the column of silent channels, in pixels. */
const SILENT = 80;
/** Of the largest threshold: labels of smaller ones would lie on each other. */
const LEAST_GAP = 0.08;
/** In pixels. */
const TALLEST = 700;
/** From few to many; its ends would be lost on a dark and on a light ground. */
const isDark = () => matchMedia('screen and (prefers-color-scheme: dark)').matches;
const scheme = () => ({ scheme: 'viridis', range: isDark() ? [0.3, 1] : [0, 0.85] }) as const;

export const drawings: { readonly [Name in keyof Drawings]: Draw<Name> } = {
  curve: ({ points, level, xLabel, yLabel }) => ({
    grid: true,
    marginLeft: 60,
    x: {
      label: xLabel,
      tickFormat: 'd',
      ...(points.length <= MOST_TICKS && { ticks: points.map(({ x }) => x) }),
    },
    y: { label: yLabel, nice: true },
    marks: [
      Plot.lineY(points, { x: 'x', y: 'y', stroke: ACCENT, strokeWidth: 2 }),
      Plot.dot(points, { x: 'x', y: 'y', fill: ACCENT, tip: true }),
      ...levelMarks(level),
    ],
  }),

  lines: ({ lines, level, xLabel, yLabel }, width) => {
    const names = lines.map(({ name }) => name);
    const points = lines.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
    const of = { x: 'x', y: 'y', stroke: 'name' } as const;
    return {
      ...{ grid: true, marginLeft: 60, marginRight: 30 },
      x: { type: 'log', label: xLabel, ticks: width / 90, tickFormat: '~s' },
      y: { label: yLabel, nice: true },
      color: { domain: names, scheme: 'observable10' },
      symbol: { domain: names, legend: true },
      marks: [
        ...levelMarks(level),
        Plot.line(points, { ...of, strokeWidth: 1.5 }),
        Plot.dot(points, { ...of, symbol: 'name', r: 4, tip: true }),
      ],
    };
  },

  rates: ({ cells, cell, most }, width) => {
    const layers = new Set(cells.map(({ layer }) => layer));
    const side = width < NARROW ? { fy: 'layer' as const } : { fx: 'layer' as const };
    const panel = width < NARROW ? Math.min(width, 320) : width / layers.size;
    return {
      ...{ grid: true, marginTop: 45 },
      height: width < NARROW ? panel * layers.size : panel + 60,
      ...(width < NARROW && { width: panel, marginRight: 20 }),
      x: { label: 'activation / lambda', domain: [0, most], ticks: [0, 0.5, 1] },
      y: { label: 'spikes a step, in volts', domain: [0, most], ticks: [0, 0.5, 1] },
      fx: { label: null, domain: [...layers] },
      fy: { label: null, domain: [...layers], axis: null },
      color: { type: 'log', ...scheme(), legend: true, label: 'neurons', ticks: 4, tickFormat: '~s' },
      marks: [
        Plot.rect(cells, {
          ...{ x1: 'x', y1: 'y', fill: 'neurons', ...side },
          ...{ x2: ({ x }) => x + cell, y2: ({ y }) => y + cell, inset: 0 },
        }),
        Plot.line(
          [
            [0, 0],
            [most, most],
          ],
          { stroke: 'currentColor', strokeDasharray: '2 3' },
        ),
        ...(width < NARROW
          ? [
              Plot.text([...layers], {
                text: (name) => name,
                fy: (name) => name,
                ...{ frameAnchor: 'top-left', dx: 6, dy: 6 },
              }),
            ]
          : []),
        Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.3 }),
      ],
    };
  },

  layers: ({ spikes, order, steps }, width) => ({
    marginLeft: marginFor(order),
    height: 50 + 18 * order.length,
    y: { label: null, domain: order },
    ...(steps === 1
      ? {
          x: { label: 'spikes', grid: true, tickFormat: '~s', ticks: width / 90 },
          marks: [Plot.barX(spikes, { x: 'spikes', y: 'layer', fill: ACCENT, tip: true })],
        }
      : {
          x: { label: 'step t', tickFormat: everyNth(steps, width) },
          color: { ...scheme(), legend: true, label: 'spikes', tickFormat: '~s', ticks: 4 },
          marks: [Plot.cell(spikes, { x: 'step', y: 'layer', fill: 'spikes', tip: true })],
        }),
  }),

  histogram: ({ bins }) => ({
    marginLeft: 60,
    x: { label: 'spikes a step' },
    y: { label: 'share of neurons', grid: true, tickFormat: '.0%' },
    marks: [Plot.rectY(bins, { x1: 'from', x2: 'to', y: 'share', fill: ACCENT, tip: true }), Plot.ruleY([0])],
  }),

  flowErrors: ({ layers }, width) => {
    const [error, clipped] = ['error of the flow', 'clipped neurons'];
    const isClipped = () => clipped;
    const left = marginFor(layers.map(({ layer }) => layer));
    const beside = { frameAnchor: 'right', dx: 10, textAnchor: 'start' } as const;
    return {
      ...{ marginLeft: left, marginTop: 30, marginRight: SILENT, height: 80 + 18 * layers.length },
      x: { label: 'share', grid: true, tickFormat: '.0%', ticks: (width - left - SILENT) / 60 },
      y: { label: null, domain: layers.map(({ layer }) => layer) },
      color: { domain: [error, clipped], range: [ACCENT, OTHER] },
      symbol: { domain: [error, clipped], range: ['square', 'diamond'], legend: true },
      marks: [
        Plot.barX(layers, { x: 'error', y: 'layer', fill: () => error, tip: true }),
        Plot.dot(layers, {
          ...{ x: 'clipped', y: 'layer', r: 5, stroke: 'var(--ground)' },
          ...{ fill: isClipped, symbol: isClipped }, // one function: so the legend has both
        }),
        Plot.text(['silent'], { ...beside, frameAnchor: 'top-right', dy: -12 }),
        Plot.text(layers, {
          ...beside,
          y: 'layer',
          text: ({ silent, channels }) => `${silent} of ${channels}`,
        }),
      ],
    };
  },

  scores: ({ scores, levels, xLabel }, width) => {
    const names = [...new Set(scores.map(({ layer }) => layer))];
    const what = [...new Set(scores.map((one) => one.what))];
    const [low, high] = [...levels].sort((a, b) => a.value - b.value);
    const label = { frameAnchor: 'top', dy: -8 } as const;
    return {
      ...{ marginLeft: marginFor(names), marginRight: 60, marginTop: 30, height: 90 + 18 * names.length },
      x: { label: xLabel, nice: true, grid: true, ticks: width / 110 },
      y: { label: null, domain: names },
      color: { domain: what, range: [OTHER, ACCENT] },
      symbol: { domain: what, range: ['diamond', 'circle'], legend: true },
      marks: [
        Plot.ruleX(levels, { x: 'value', stroke: 'currentColor', strokeDasharray: '6 4' }),
        Plot.text([low], { x: 'value', text: 'name', textAnchor: 'end', ...label }),
        Plot.text([high], { x: 'value', text: 'name', textAnchor: 'start', ...label }),
        Plot.line(
          scores.filter((one) => one.what === what.at(-1)),
          { x: 'score', y: 'layer', stroke: ACCENT },
        ),
        Plot.dot(scores, { x: 'score', y: 'layer', fill: 'what', symbol: 'what', r: 4, tip: true }),
      ],
    };
  },

  energy: ({ models }, width) => ({
    marginLeft: width < NARROW ? 120 : 230,
    marginRight: 60,
    height: 50 + 44 * models.length,
    x: { label: 'joules', grid: true, tickFormat: '.1e', ticks: width / 150 },
    y: { label: null, domain: models.map(({ name }) => name) },
    marks: [
      Plot.axisY({ lineWidth: width < NARROW ? 9 : 20, tickSize: 0 }),
      Plot.barX(models, { x: 'joules', y: 'name', fill: ACCENT }),
      Plot.text(models, {
        ...{ x: 'joules', y: 'name', textAnchor: 'start', dx: 4 },
        text: ({ joules }) => joules.toExponential(2),
      }),
    ],
  }),

  raster: ({ spikes, steps, channels }, width) => ({
    marginLeft: 50,
    height: 80 + channels * rowHeight(channels),
    x: { label: 'step t', domain: steps, tickFormat: everyNth(steps.length, width) },
    y: {
      label: 'channel',
      domain: Array.from({ length: channels }, (_, c) => c),
      tickFormat: everyNth(channels, 2 * channels * rowHeight(channels)),
    },
    color: { ...scheme(), legend: true, label: 'spikes a step', ticks: 4 },
    marks: [
      Plot.cell(
        spikes.filter((one) => one.spikes > 0),
        { x: 'step', y: 'channel', fill: 'spikes', tip: true },
      ),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.3 }),
    ],
  }),

  membrane: ({ points, thresholds, xLabel }) => ({
    ...{ grid: true, marginLeft: 60, marginRight: 60, height: 300 },
    x: {
      ...{ label: xLabel, tickFormat: 'd' },
      ...(points.length <= 2 * MOST_TICKS && { ticks: new Set(points.map(({ x }) => x)) }),
    },
    y: { label: 'volts', nice: true },
    marks: [
      Plot.ruleY(thresholds, { stroke: OTHER, strokeDasharray: '6 4' }),
      Plot.text(
        thresholds.filter((volts) => volts > LEAST_GAP * thresholds[0]),
        { y: (volts) => volts, text: (volts) => `${volts} V`, frameAnchor: 'right', dx: 50 },
      ),
      Plot.ruleY([0]),
      Plot.line(points, { x: 'x', y: 'volts', stroke: ACCENT }),
      Plot.dot(points, { x: 'x', y: 'volts', fill: ACCENT, title: 'when', tip: true }),
    ],
  }),
};

/** A dashed line at a level, with its name. */
function levelMarks(level: Drawings['curve']['level']): Plot.Markish[] {
  if (!level) return [];
  return [
    Plot.ruleY([level.value], { stroke: OTHER, strokeDasharray: '6 4' }),
    Plot.text([level.name], { y: [level.value], frameAnchor: 'right', dy: -8, fill: OTHER }),
  ];
}

/** Room for the longest of some names, left of a chart, in pixels. */
function marginFor(names: readonly string[]): number {
  return 20 + 7 * Math.max(...names.map(({ length }) => length));
}

/** Height of a row of the raster, in pixels: many channels still fit a printed page. */
function rowHeight(channels: number): number {
  return Math.max(4, Math.min(16, TALLEST / channels));
}

/** Labels of so many steps (or channels) that fit a width, in pixels. */
function everyNth(count: number, width: number): (step: number) => string {
  const n = Math.ceil((30 * count) / width);
  return (step) => (step % n === 0 ? String(step) : '');
}
