/** Which cells to compute: by name. */

import { UsageError } from '../../lib/core/error.js';
import { cellName } from './cell.js';
import type { Entry } from './paperTable.js';

/** Entries of cells whose name contains one of the parts; UsageError if there is none. */
export function chooseEntries(entries: readonly Entry[], names: string | undefined): Entry[] {
  const parts = names?.split(',');
  const cells = [...new Set(entries.map(({ cell }) => cellName(cell)))];
  const chosen = new Set(cells.filter((cell) => !parts || parts.some((text) => cell.includes(text))));
  if (chosen.size === 0) {
    throw new UsageError(`--cells ${names}: no cell has this in its name, such as ${cells[0]}`);
  }
  return entries.filter(({ cell }) => chosen.has(cellName(cell)));
}
