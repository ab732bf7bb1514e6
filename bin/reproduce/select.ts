/** Which cells to compute: by name. */

import { UsageError } from '../../lib/core/error.js';

/** The names of cells that contain one of the parts; UsageError if there is none. */
export function chooseCells(cells: readonly string[], names: string | undefined): ReadonlySet<string> {
  const parts = names?.split(',');
  const chosen = new Set(cells.filter((cell) => !parts || parts.some((text) => cell.includes(text))));
  if (chosen.size === 0) {
    throw new UsageError(`--cells ${names}: no cell has this in its name, such as ${cells[0]}`);
  }
  return chosen;
}
