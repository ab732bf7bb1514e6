/** What a table is: rows of labels and of our figures, each with the paper's figure where there is one. */

import type { Cell } from './cell.js';
import type { Metric } from './metric.js';

export interface Entry {
  readonly cell: Cell;
  readonly metric: Metric;
  /** Noise of a denoiser's test, in grey levels. */
  readonly sigma?: number;
  readonly paper?: number | undefined;
  /** A second metric of the same cell and stage, shown after a slash. */
  readonly beside?: Metric;
}

/** A summary of several entries; empty if one of them is missing. */
export interface Summary {
  readonly summary: 'mean' | 'spread';
  readonly of: readonly Entry[];
}

export interface Row {
  readonly labels: readonly string[];
  /** Undefined: the table has no such cell. */
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
