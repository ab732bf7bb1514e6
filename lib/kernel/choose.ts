/** The table of back-ends: one line each. All give the same bits (contract.ts); they differ in speed only. */

import { UsageError } from '../tensor/error.js';
import type { Kernels } from './contract.js';
import { reference } from './reference/index.js';

export const engines: Readonly<Record<string, Kernels>> = {
  reference,
};

export const DEFAULT_ENGINE = 'reference';

/** The kernels of an engine by its name; UsageError for a name that is not in the table. */
export function chooseKernels(name: string = DEFAULT_ENGINE): Kernels {
  const kernels = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (!kernels) throw new UsageError(`--engine ${name}: expected one of ${Object.keys(engines).join(', ')}`);
  return kernels;
}
