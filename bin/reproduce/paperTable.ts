/**
 * What a table is: rows of labels and figures, each figure
 * ours with the paper's beside it where there is one.
 */

import type { Cell } from './cell.js';
import type { Metric } from './metric.js';

export interface Entry {
  readonly cell: Cell;
  readonly metric: Metric;
  /** Of a denoiser's test, in grey levels. */
  readonly sigma?: number;
  readonly paper?: number | undefined;
  /** Shown after a stroke: of the same cell and stage. */
  readonly beside?: Metric;
}

/** What several entries come to; nothing where one of them is missing. */
export interface Summary {
  readonly summary: 'mean' | 'spread';
  readonly of: readonly Entry[];
}

export interface Row {
  readonly labels: readonly string[];
  /** Undefined: no such cell. */
  readonly entries: readonly (Entry | Summary | undefined)[];
}

export interface Table {
  readonly title: string;
  /** Names of the labels, then of the entries. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** All entries of some tables. */
export function entriesOf(tables: readonly Table[]): Entry[] {
  const entries = tables.flatMap(({ rows }) => rows.flatMap((row) => row.entries));
  return entries.flatMap((entry) => (entry && !('summary' in entry) ? entry : []));
}
