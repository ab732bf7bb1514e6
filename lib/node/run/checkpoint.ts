/**
 * Checkpoints: a model file that also carries the optimiser's averages and the place where the
 * run stopped, so that a resumed run ends with the same bits as one that was never interrupted.
 */

import { z } from 'zod';
import { DataError } from '../../core/error.js';
import type { Averages, Optimiser } from '../../engine/learn/optimiser.js';
import { parseJson } from '../../format/json.js';
import { decodeModel, encodeModel, type Model, OPTIMISER_PREFIX } from '../../model/model.js';
import type { Layer } from '../../net/architecture.js';
import {
  learnedParameters,
  type Parameters,
  packParameters,
  unpackParameters,
} from '../../net/parameters.js';
import { learnedShapes, setsIn } from '../../neuron/addedParameters.js';
import type { Progress } from '../../train/loop.js';
import { readBytes, writeFileAtomic } from '../files.js';

const progressSchema: z.ZodType<Progress> = z.object({
  epoch: z.number().int().min(0),
  update: z.number().int().min(0),
  lossSum: z.number(),
  bestScore: z.number().nullable(),
  bestEpoch: z.number().int().min(0),
});

/**
 * Writes model, averages and progress as one file: afterwards either the whole new file is there, or the old
 * one.
 */
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

/**
 * Reads a checkpoint back; DataError where it is damaged,
 * was made by another optimiser, or cannot be trained on.
 */
export function loadCheckpoint(path: string, { slots, squares }: Pick<Optimiser, 'slots' | 'squares'>) {
  const { model, extra, checked } = decodeModel(readBytes(path), path);
  const prefixes = slots.map((slot) => `${OPTIMISER_PREFIX}${slot}.`);
  const foreign = [...extra.keys()].find((name) => !prefixes.some((prefix) => name.startsWith(prefix)));
  if (foreign !== undefined) {
    throw new DataError(
      `${path}: tensor ${foreign} is not of this optimiser, which has ${slots.join(' and ')}`,
    );
  }
  const sets = setsIn(model.notes);
  const averages = new Map<string, Parameters>();
  for (const [i, prefix] of prefixes.entries()) {
    const own = [...extra].filter(([name]) => name.startsWith(prefix));
    const tensors = new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
    const learned = (layer: Layer) => learnedShapes(layer, sets);
    const average = packParameters(model.layers, tensors, `${path} (${prefix}*)`, learned);
    const missing = [...learnedParameters(model.parameters).keys()].find((name) => !average.has(name));
    if (missing !== undefined) throw new DataError(`${path}: tensor ${prefix}${missing} is missing`);
    if (slots[i] === squares) requireSquares(average, `${path}: tensor ${prefix}`);
    averages.set(slots[i], average);
  }
  const { progress, ...notes } = model.notes;
  return { model: { ...model, notes }, averages, progress: parseProgress(progress, path), checked };
}

function requireSquares(average: Parameters, where: string): void {
  for (const [name, values] of average) {
    const bad = values.findIndex((value) => value < 0);
    if (bad >= 0) {
      throw new DataError(
        `${where}${name}: ${values[bad]} at ${bad}, expected a mean of squares, at least 0`,
      );
    }
  }
}

function parseProgress(text: string | undefined, path: string): Progress {
  const where = `${path}: its metadata "progress"`;
  if (text === undefined) throw new DataError(`${where} is missing: it is not a checkpoint to resume from`);
  const state = parseJson(progressSchema, text, where);
  if (state.bestEpoch > state.epoch || (state.bestEpoch > 0 && state.bestScore === null)) {
    throw new DataError(`${where}: the best of ${state.epoch} epochs cannot be ${state.bestEpoch}`);
  }
  return state;
}
