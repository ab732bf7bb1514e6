/** Tables for the terminal and for Markdown files: our figures, with the paper's in brackets. */

import { table } from '../cli/table.js';
import { type Metric, measured } from './metric.js';
import type { Entry, Summary, Table } from './paperTable.js';

/** The result of an entry: the output of `evaluate --json`; undefined if it is not done. */
export type ResultOf = (entry: Entry) => unknown;

export interface Figure {
  readonly ours: number | undefined;
  readonly paper: number | undefined;
}

export function figureOf(entry: Entry | Summary, resultOf: ResultOf): Figure {
  if ('summary' in entry) return { ours: summarise(entry, resultOf), paper: undefined };
  return { ours: measured(entry.metric, resultOf(entry)), paper: entry.paper };
}

function summarise({ summary, of }: Summary, resultOf: ResultOf): number | undefined {
  const values = of.flatMap((entry) => figureOf(entry, resultOf).ours ?? []);
  if (values.length < of.length) return undefined;
  if (summary === 'spread') return Math.max(...values) - Math.min(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
    ...entries.map((entry) => (entry ? cellText(entry, resultOf) : '')),
  ]);
}

function cellText(entry: Entry | Summary, resultOf: ResultOf): string {
  const { metric, beside } = 'summary' in entry ? { ...entry.of[0], beside: undefined } : entry;
  const text = formatFigure(figureOf(entry, resultOf), metric);
  if (beside === undefined || text.startsWith('-')) return text;
  const second = { ...(entry as Entry), metric: beside, paper: undefined };
  return `${text} / ${formatFigure(figureOf(second, resultOf), beside)}`;
}

function formatFigure({ ours, paper }: Figure, { digits }: Metric): string {
  const shown = ours === undefined ? '-' : format(ours, digits);
  return paper === undefined ? shown : `${shown} (${format(paper, PAPER_DIGITS[digits])})`;
}

/** The paper gives one digit less. */
const PAPER_DIGITS = { 0: 0, 2: 2, 4: 3, e3: 'e2' } as const;

function format(value: number, digits: number | 'e2' | 'e3'): string {
  return typeof digits === 'number' ? value.toFixed(digits) : value.toExponential(digits === 'e3' ? 3 : 2);
}
