/** Which cells to compute: by name, and every n-th if several machines share the work. */

import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../lib/core/error.js';
import { cellName } from './cell.js';
import type { Entry } from './paperTable.js';

/** The i-th of n machines, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** An option value such as 2/3. */
export function shard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = match ? match.slice(1).map(Number) : [0, 0];
  if (index < 1 || index > count)
    throw new InvalidArgumentError('expected i/n with i from 1 to n, such as 2/3');
  return { index, count };
}

/** Entries of cells whose name contains one of the parts; UsageError if there is none. */
export function chooseEntries(
  entries: readonly Entry[],
  names: string | undefined,
  part: Shard | undefined,
): Entry[] {
  const parts = names?.split(',');
  const cells = [...new Set(entries.map(({ cell }) => cellName(cell)))];
  const named = cells.filter((cell) => !parts || parts.some((text) => cell.includes(text)));
  if (named.length === 0) {
    throw new UsageError(`--cells ${names}: no cell has this in its name, such as ${cells[0]}`);
  }
  const chosen = new Set(named.filter((_, i) => !part || i % part.count === part.index - 1));
  return entries.filter(({ cell }) => chosen.has(cellName(cell)));
}
