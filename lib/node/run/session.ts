/**
 * A training run in its folder: starts or resumes, keeps the best and the last model, writes the history. The
 * stages `train` and `finetune` differ in the learner only.
 */

import { existsSync } from 'node:fs';
import { DataError } from '../../core/error.js';
import type { Kernels } from '../../engine/contract.js';
import { decodeModel, encodeModel, type Model, NO_CHECKSUM } from '../../model/model.js';
import { mapParameters, type Parameters } from '../../net/parameters.js';
import {
  type EpochRecord,
  initialState,
  type Learner,
  type TrainingOptions,
  trainLoop,
} from '../../train/loop.js';
import { findOptimiser } from '../../train/optimiser.js';
import { readBytes, writeFileAtomic } from '../files.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { RunFolder } from './runFolder.js';

export interface Session {
  readonly kernels: Kernels;
  /** Closed when the session ends, in whatever way. */
  readonly folder: RunFolder;
  readonly options: TrainingOptions;
  /** The model to start from; not used where a checkpoint is resumed. */
  readonly start: Model;
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Builds what is trained around a model, which is the start or comes from a checkpoint. */
  makeLearner(model: Model): Learner;
  onUpdate(done: number, total: number, loss: number): void;
  onEpoch(record: EpochRecord): void;
}

export interface Outcome {
  /** False where the run was stopped before its end. */
  readonly completed: boolean;
  readonly records: readonly EpochRecord[];
  readonly best: EpochRecord | undefined;
}

/** Trains until the end or until the signal asks to stop; either way the folder can be resumed or used. */
export async function runSession(session: Session): Promise<Outcome> {
  try {
    return await trainInFolder(session);
  } finally {
    session.folder.close();
  }
}

async function trainInFolder(session: Session): Promise<Outcome> {
  const { kernels, folder, options } = session;
  const loaded = session.resume && existsSync(folder.last) ? resumeFrom(folder, options) : undefined;
  const given = loaded?.model ?? session.start;
  const { averages, progress } = loaded
    ? { averages: loaded.averages, progress: loaded.state }
    : initialState(given, options.optimizer);
  const inMemory = (parameters: Parameters) => mapParameters(parameters, kernels.resident);
  const notes = { ...given.notes, run: folder.id };
  const model = { ...given, notes, parameters: inMemory(given.parameters) };
  const state = {
    averages: new Map([...averages].map(([slot, parameters]) => [slot, inMemory(parameters)])),
    progress,
  };
  const learner = session.makeLearner(model);
  const records = loaded?.records ?? [];
  const hooks = {
    onUpdate: (done: number, total: number, loss: number) => {
      folder.beat();
      session.onUpdate(done, total, loss);
    },
    onEpoch: (record: EpochRecord) => {
      folder.beat();
      records.push(record);
      if (record.best) writeFileAtomic(folder.best, encodeModel(withMetrics(model, record)));
      folder.writeMetrics(records);
      session.onEpoch(record);
    },
    save: (averages: typeof state.averages, progress: typeof state.progress) => {
      folder.beat();
      saveCheckpoint(folder.last, model, averages, progress);
    },
  };
  const completed = await trainLoop(kernels, learner, options, state, hooks, session.signal);
  return { completed, records, best: records.findLast((record) => record.best) };
}

/** The checkpoint of a run and its history; DataError where they are not of one run, or where one is missing. */
function resumeFrom(folder: RunFolder, { optimizer, epochs, updatesPerEpoch }: TrainingOptions) {
  const { checked, ...loaded } = loadCheckpoint(folder.last, findOptimiser(optimizer));
  const { epoch, update, bestScore } = loaded.state;
  if (!checked) folder.remark(`${folder.last}: ${NO_CHECKSUM}`);
  folder.requireOwn(folder.last, loaded.model.notes);
  if (epoch > epochs || update > updatesPerEpoch) {
    const place = `update ${update} of ${updatesPerEpoch} after epoch ${epoch} of ${epochs}`;
    throw new DataError(`${folder.last}: was written at ${place}: it is not of this run`);
  }
  if (bestScore !== null) {
    folder.requireOwn(folder.best, decodeModel(readBytes(folder.best), folder.best).model.notes);
  }
  return { ...loaded, records: folder.readMetrics(epoch) };
}

function withMetrics(model: Model, record: EpochRecord): Model {
  const { epoch, updates, validation } = record;
  return { ...model, notes: { ...model.notes, metrics: JSON.stringify({ epoch, updates, validation }) } };
}
