/** The graph of jobs that the options of `reproduce` ask for. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../lib/core/error.js';
import { findDataset } from '../../lib/data/index.js';
import { cellName } from './cell.js';
import { figures } from './figures.js';
import { inOrder, type Job, type Settings } from './job.js';
import type { GraphOptions } from './onlyCommand.js';
import { entriesOf } from './paperTable.js';
import { jobOf } from './resultJobs.js';
import { chooseCells } from './select.js';
import { findTable } from './tables/index.js';
import type { Asked } from './writeReport.js';

/** The tables and figures that were asked for, by name; UsageError if there is no such table. */
export function askedFor(names: readonly string[]): Asked {
  const [drawn, tabled] = [true, false].map((isFigure) =>
    names.filter((name) => Object.hasOwn(figures, name) === isFigure),
  );
  return {
    tables: tabled.map((name) => ({ name, content: findTable(name) })),
    figures: drawn.map((name) => ({ name, content: figures[name] })),
  };
}

/** All jobs of what was asked for, in an order in which they can be done. */
export function graphOf({ tables, figures }: Asked, settings: Settings, cells: string | undefined): Job[] {
  const entries = entriesOf(tables.map(({ content }) => content));
  const parts = figures.flatMap(({ content }) => Object.entries(content.parts(settings)));
  const names = [...entries.map(({ cell }) => cellName(cell)), ...parts.map(([name]) => name)];
  const chosen = chooseCells(names, cells);
  return inOrder([
    ...entries.filter(({ cell }) => chosen.has(cellName(cell))).map((entry) => jobOf(entry, settings)),
    ...parts.filter(([name]) => chosen.has(name)).flatMap(([, jobs]) => jobs),
  ]);
}

/** UsageError if there is no folder of data. */
export function settingsOf({ width, seed, epochs, patches, data }: GraphOptions): Settings {
  if (data && !existsSync(data)) throw new UsageError(`--data ${data}: there is no such folder`);
  return {
    width,
    seed,
    epochs,
    patches,
    folderOf(dataset) {
      const { folder } = findDataset(dataset);
      const path = data && folder ? resolve(data, folder) : undefined;
      return path && existsSync(path) ? path : undefined;
    },
  };
}

/** The options that distinguish tables with the same name. */
export function howOf({ width, seed, epochs, patches }: GraphOptions): string {
  const given = Object.entries({ width, seed, epochs, patches }).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `--${name} ${value}`).join(' ');
}
