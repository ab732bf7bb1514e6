/** Tables for the terminal and for Markdown files: our figures, with the paper's in brackets. */

import { table } from '../cli/table.js';
import { type Metric, measured } from './metric.js';
import type { Entry, Table } from './table.js';

/** What is known of an entry: what `evaluate --json` printed, or undefined where it is not done. */
export type ResultOf = (entry: Entry) => unknown;

export interface Figure {
  readonly ours: number | undefined;
  readonly paper: number | undefined;
}

export function figureOf(entry: Entry, resultOf: ResultOf): Figure {
  return { ours: measured(entry.metric, resultOf(entry)), paper: entry.paper };
}

export function textTable(content: Table, resultOf: ResultOf): string {
  return table(content.columns, cellTexts(content, resultOf));
}

export function markdownTable(content: Table, resultOf: ResultOf): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = cellTexts(content, resultOf).map(line);
  return [line(content.columns), line(content.columns.map(() => '---')), ...rows].join('\n');
}

function cellTexts({ rows }: Table, resultOf: ResultOf): string[][] {
  return rows.map(({ labels, entries }) => [
    ...labels,
    ...entries.map((entry) => (entry ? formatFigure(figureOf(entry, resultOf), entry.metric) : '')),
  ]);
}

function formatFigure({ ours, paper }: Figure, { digits }: Metric): string {
  const shown = ours === undefined ? '-' : format(ours, digits);
  return paper === undefined ? shown : `${shown} (${format(paper, PAPER_DIGITS[digits])})`;
}

/** The paper gives a digit less. */
const PAPER_DIGITS = { 2: 2, 4: 3, e3: 'e2' } as const;

function format(value: number, digits: number | 'e2' | 'e3'): string {
  return typeof digits === 'number' ? value.toFixed(digits) : value.toExponential(digits === 'e3' ? 3 : 2);
}
