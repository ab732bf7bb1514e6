/**
 * Checkpoints: a model file that also carries the optimiser's averages and the place where the run stopped, so
 * that a resumed run ends with the same bits as one that was never interrupted.
 */

import { z } from 'zod';
import { DataError } from '../tensor/error.js';
import { readBytes, writeFileAtomic } from '../tensor/files.js';
import { decodeModel, encodeModel, type Model, OPTIMISER_PREFIX } from '../unet/model.js';
import { type Parameters, packParameters, unpackParameters } from '../unet/parameters.js';

const progress = z.object({
  /** Epochs completed. */
  epoch: z.number().int().min(0),
  /** Updates completed within the epoch under way. */
  update: z.number().int().min(0),
  /** Sum of the losses of those updates. */
  lossSum: z.number(),
  bestScore: z.number().nullable(),
  bestEpoch: z.number().int().min(0),
});

export type Progress = z.infer<typeof progress>;

/** The averages of an optimiser by slot name, each in the form of the parameters. */
export type Averages = ReadonlyMap<string, Parameters>;

/** Writes model, averages and progress as one file: all of it is there, or the file before it is. */
export function saveCheckpoint(path: string, model: Model, averages: Averages, state: Progress): void {
  const extra = new Map();
  for (const [slot, parameters] of averages) {
    for (const [name, tensor] of unpackParameters(model.layers, parameters)) {
      extra.set(`${OPTIMISER_PREFIX}${slot}.${name}`, tensor);
    }
  }
  const notes = { ...model.notes, progress: JSON.stringify(state) };
  writeFileAtomic(path, encodeModel({ ...model, notes }, extra));
}

/** Reads a checkpoint back; DataError where it is damaged or was made by another optimiser. */
export function loadCheckpoint(path: string, slots: readonly string[]) {
  const { model, extra } = decodeModel(readBytes(path), path);
  const averages = new Map<string, Parameters>();
  for (const slot of slots) {
    const prefix = `${OPTIMISER_PREFIX}${slot}.`;
    const own = [...extra].filter(([name]) => name.startsWith(prefix));
    const tensors = new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
    averages.set(slot, packParameters(model.layers, tensors, `${path} (${prefix}*)`));
    const missing = [...model.parameters.keys()].find((name) => !averages.get(slot)!.has(name));
    if (missing !== undefined) throw new DataError(`${path}: tensor ${prefix}${missing} is missing`);
  }
  const { progress: text, ...notes } = model.notes;
  return { model: { ...model, notes }, averages, state: parseProgress(text, path) };
}

function parseProgress(text: string | undefined, path: string): Progress {
  try {
    return progress.parse(JSON.parse(text ?? ''));
  } catch {
    throw new DataError(
      `${path}: no usable "progress" in its metadata; it is not a checkpoint to resume from`,
    );
  }
}
