/** The table of data sets: one line each. */

import { UsageError } from '../../tensor/error.js';
import type { Dataset } from './dataset.js';
import { drive } from './drive.js';
import { folder } from './folder.js';
import { synthDrive } from './synthDrive.js';

export const datasets: Readonly<Record<string, Dataset>> = {
  drive,
  folder,
  'synth-drive': synthDrive,
};

/** A data set by name; UsageError for a name that is not in the table. */
export function findDataset(name: string): Dataset {
  const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
  if (!dataset)
    throw new UsageError(`--dataset ${name}: expected one of ${Object.keys(datasets).join(', ')}`);
  return dataset;
}
