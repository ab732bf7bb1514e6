/** The rows of the bench as plain tables under headings, with the machine that they were measured on. */

import { availableParallelism, cpus } from 'node:os';
import { table } from '../cli/table.js';
import type { Row } from './rows.js';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

export function machineInfo(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Tables under the headings of their groups; `notes` are printed between a heading and its table. */
export function formatBench(
  machine: Machine,
  headings: Readonly<Record<string, string>>,
  rows: readonly Row[],
  notes: readonly { group: string; text: string }[],
): string {
  const { cpu, cores, node, platform } = machine;
  const head = `${cpu}, ${cores} cores, Node ${node}, ${platform}; medians, +-: distance of quartiles`;
  const sections = Object.entries(headings).map(([group, heading]) => {
    const remarks = notes.filter((note) => note.group === group).map(({ text }) => `  ${text}`);
    const lines = linesOf(rows.filter((row) => row.group === group));
    if (lines.length === 0 && remarks.length === 0) return '';
    const body = lines.length > 0 ? [table(['', 'by', 'threads', 'value', '', '+-', 'ratio'], lines)] : [];
    return ['', heading, ...remarks, ...body].join('\n');
  });
  return [head, ...sections.filter((section) => section !== '')].join('\n');
}

/** Lines of a table: adjacent rows that differ only in what they are compared with share one line. */
function linesOf(rows: readonly Row[]): string[][] {
  const lines: string[][] = [];
  let before: Row | undefined;
  for (const row of rows) {
    if (before && sameThing(before, row)) lines.at(-1)!.push(ratioText(row));
    else
      lines.push([
        row.name,
        row.by,
        String(row.threads),
        digits(row.value),
        row.unit,
        percent(row),
        ratioText(row),
      ]);
    before = row;
  }
  const ratios = lines.map((line) => line.slice(6).filter(Boolean).join(', '));
  const width = Math.max(...ratios.map((text) => text.length));
  return lines.map((line, k) => [...line.slice(0, 6), ratios[k].padEnd(width)]);
}

function sameThing(a: Row, b: Row): boolean {
  return a.name === b.name && a.by === b.by && a.threads === b.threads && a.value === b.value;
}

function ratioText({ ratio, to }: Row): string {
  return ratio === undefined ? '' : `${digits(ratio)}x ${to}`;
}

function percent({ spread }: Row): string {
  return `${Math.round(100 * spread)}%`;
}

/** Three digits, without an exponent. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
