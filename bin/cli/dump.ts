/**
 * `run --dump`: everything a network did on one picture, as
 * safetensors in PyTorch's layout (docs/formats.md).
 */

import { UsageError } from '../../lib/core/error.js';
import type { Footprint } from '../../lib/engine/kernels/memory.js';
import { toMiB } from '../../lib/engine/kernels/memory.js';
import { tracedDumpBytes } from '../../lib/engine/simulate/recording.js';
import type { Model } from '../../lib/model/model.js';
import { writeFileAtomic } from '../../lib/node/files.js';
import { type DumpedRun, encodeDump, type Recording } from './dumpFile.js';

/** Node cannot read a larger file at once. */
const LARGEST_DUMP = 2 ** 31;

export function writeDump(path: string, model: Model, recording: Recording, run: DumpedRun): void {
  writeFileAtomic(path, encodeDump(model, recording, run));
}

/** Refuses a trace whose file would be too large to be read back (UsageError). */
export function checkTraceSize(path: string, { layers }: Model, footprint: Omit<Footprint, 'sums'>) {
  const bytes = tracedDumpBytes(layers, footprint);
  if (bytes <= LARGEST_DUMP) return;
  throw new UsageError(
    `--trace: ${path} would take ${toMiB(bytes)} MiB, at most ${toMiB(LARGEST_DUMP)} are possible: take a smaller picture or fewer --steps`,
  );
}
