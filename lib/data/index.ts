/** The table of data sets: one line each. */

import { UsageError } from '../core/error.js';
import { bsd68, bsd300, cbsd68, set12 } from './bsd.js';
import { camseq01 } from './camseq01.js';
import type { Dataset } from './dataset.js';
import { drive } from './drive.js';
import { em } from './em.js';
import { folder } from './folder.js';
import { synthBsd } from './twin/synthBsd.js';
import { synthCamseq01 } from './twin/synthCamseq01.js';
import { synthDrive } from './twin/synthDrive.js';
import { synthEm } from './twin/synthEm.js';

export const datasets: Readonly<Record<string, Dataset>> = {
  drive,
  em,
  camseq01,
  bsd300,
  bsd68,
  cbsd68,
  set12,
  folder,
  'synth-drive': synthDrive,
  'synth-em': synthEm,
  'synth-camseq01': synthCamseq01,
  'synth-bsd': synthBsd,
};

/** A data set by name; UsageError for a name that is not in the table. */
export function findDataset(name: string): Dataset {
  const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
  if (!dataset) throw new UsageError(`dataset ${name}: expected one of ${Object.keys(datasets).join(', ')}`);
  return dataset;
}
