/**
 * A training run in its folder: starts or resumes, keeps the best and the last model, writes the history. The
 * stages `train` and `finetune` differ in the learner only.
 */

import { existsSync } from 'node:fs';
import { DataError } from '../../core/error.js';
import { findOptimiser } from '../../engine/optimiser.js';
import { decodeModel, encodeModel, type Model, NO_CHECKSUM } from '../../model/model.js';
import type { Learner } from '../../train/learner.js';
import {
  type EpochRecord,
  initialProgress,
  type Progress,
  type TrainingOptions,
  trainLoop,
  updatesOf,
} from '../../train/loop.js';
import { readBytes, writeFileAtomic } from '../files.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { RunFolder } from './runFolder.js';

export interface SessionOptions extends TrainingOptions {
  readonly optimizer: string;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0 or left out: never. */
  readonly clip?: number;
}

export interface Session {
  /** Closed when the session ends, in whatever way. */
  readonly folder: RunFolder;
  readonly options: SessionOptions;
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
  const { folder, options } = session;
  const { clip = 0, optimizer } = options;
  const loaded = session.resume && existsSync(folder.last) ? resumeFrom(folder, options) : undefined;
  const given = loaded?.model ?? session.start;
  const progress = loaded?.state ?? initialProgress();
  const model = { ...given, notes: { ...given.notes, run: folder.id } };
  const learner = session.makeLearner(model);
  const trainer = learner.newTrainer({
    ...{ optimiser: findOptimiser(optimizer), clip, updates: updatesOf(progress, options) },
    ...(loaded && { averages: loaded.averages }),
  });
  const trained = () => ({ ...model, parameters: trainer.parameters() });
  const records = loaded?.records ?? [];
  const hooks = {
    onUpdate: (done: number, total: number, loss: number) => {
      folder.beat();
      session.onUpdate(done, total, loss);
    },
    onEpoch: (record: EpochRecord) => {
      folder.beat();
      records.push(record);
      if (record.best) writeFileAtomic(folder.best, encodeModel(withMetrics(trained(), record)));
      folder.writeMetrics(records);
      session.onEpoch(record);
    },
    save: (progress: Progress) => {
      folder.beat();
      saveCheckpoint(folder.last, trained(), trainer.averages(), progress);
    },
  };
  try {
    const completed = await trainLoop({ learner, trainer, options, hooks }, progress, session.signal);
    return { completed, records, best: records.findLast((record) => record.best) };
  } finally {
    trainer.dispose();
  }
}

/**
 * The checkpoint of a run and its history; DataError where they are not of one run, or where one is missing.
 */
function resumeFrom(folder: RunFolder, { optimizer, epochs, updatesPerEpoch }: SessionOptions) {
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
