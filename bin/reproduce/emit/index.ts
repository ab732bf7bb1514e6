/** The formats in which a graph of jobs can be written, by name: one line each. */

import { UsageError } from '../../../lib/core/error.js';
import type { Format } from './jobGraph.js';
import { kubernetesJob } from './kubernetesJob.js';
import { makefile } from './makefile.js';
import { snakefile } from './snakefile.js';

export const formats: Readonly<Record<string, Format>> = {
  make: makefile,
  snakemake: snakefile,
  kubernetes: kubernetesJob,
};

/** A format by name; UsageError for an unknown name. */
export function findFormat(name: string): Format {
  if (Object.hasOwn(formats, name)) return formats[name];
  throw new UsageError(`--emit ${name}: no such format, expected one of ${Object.keys(formats).join(', ')}`);
}
