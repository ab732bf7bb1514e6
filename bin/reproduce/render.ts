/** Tables for the terminal and for Markdown files: our figures, with the paper's in brackets. */

import { table } from '../cli/table.js';
import { measured } from './metric.js';
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
    ...entries.map((entry) => (entry ? cellText(textsOf(entry, resultOf)) : '')),
  ]);
}

/** What a cell shows. */
export interface CellTexts {
  /** undefined: not measured yet. */
  readonly ours: string | undefined;
  /** undefined: the paper has no such figure. */
  readonly paper: string | undefined;
  /** Ours by the second metric of the cell, if it has one. */
  readonly beside: string | undefined;
}

export function textsOf(entry: Entry | Summary, resultOf: ResultOf): CellTexts {
  const { metric, beside } = 'summary' in entry ? { ...entry.of[0], beside: undefined } : entry;
  const { ours, paper } = figureOf(entry, resultOf);
  const second = beside && figureOf({ ...(entry as Entry), metric: beside }, resultOf).ours;
  return {
    ours: ours === undefined ? undefined : format(ours, metric.digits),
    paper: paper === undefined ? undefined : format(paper, PAPER_DIGITS[metric.digits]),
    beside: ours !== undefined && beside ? format(second, beside.digits) : undefined,
  };
}

function cellText({ ours = '-', paper, beside }: CellTexts): string {
  return `${ours}${paper === undefined ? '' : ` (${paper})`}${beside === undefined ? '' : ` / ${beside}`}`;
}

/** The paper gives one digit less. */
const PAPER_DIGITS = { 0: 0, 2: 2, 4: 3, e3: 'e2' } as const;

function format(value: number | undefined, digits: number | 'e2' | 'e3'): string {
  if (value === undefined) return '-';
  return typeof digits === 'number' ? value.toFixed(digits) : value.toExponential(digits === 'e3' ? 3 : 2);
}
