/** The tables by name: one line each. */

import { UsageError } from '../../../lib/core/error.js';
import type { Table } from '../paperTable.js';
import { denoising } from './denoising.js';
import { directTable } from './direct.js';
import { equivalence } from './equivalence.js';
import { finetuning } from './finetuning.js';
import { oneStepTable } from './oneStep.js';
import { overview } from './overview.js';
import { seeds } from './seeds.js';
import { steps } from './steps.js';
import { table1 } from './table1.js';
import { table2 } from './table2.js';
import { table3 } from './table3.js';
import { table4 } from './table4.js';
import { table5 } from './table5.js';
import { integers } from './wholeNumberTable.js';
import { work } from './work.js';

export const tables: Readonly<Record<string, Table>> = {
  table1,
  table2,
  table3,
  table4,
  table5,
  overview,
  steps,
  'one-step': oneStepTable,
  denoising,
  seeds,
  work,
  equivalence,
  direct: directTable,
  finetuning,
  integers,
};

/** A table by name; UsageError for an unknown name. */
export function findTable(name: string): Table {
  if (Object.hasOwn(tables, name)) return tables[name];
  throw new UsageError(`${name}: no such table, expected one of ${Object.keys(tables).join(', ')}`);
}
