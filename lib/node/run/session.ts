/**
 * A training run in its folder: starts or resumes, keeps the best and the last model, writes the history, the
 * sample pictures, and what TensorBoard shows. The stages `train` and `finetune` differ only in the learner.
 */

import { existsSync } from 'node:fs';
import { DataError } from '../../core/error.js';
import { findOptimiser } from '../../engine/learn/optimiser.js';
import type { Shown } from '../../format/tfEvents.js';
import { decodeModel, encodeModel, type Model, NO_CHECKSUM } from '../../model/model.js';
import { encodePng } from '../../picture/encode.js';
import type { Image } from '../../picture/image.js';
import type { Learner } from '../../train/learner.js';
import type { EpochRecord } from '../../train/loop.js';
import { type OptimisedOptions, type TrainingHooks, trainModel } from '../../train/trainModel.js';
import { readBytes, writeFileAtomic } from '../files.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { firstRepeated, scalarsOf } from './eventFile.js';
import type { RunFolder } from './runFolder.js';

export interface Session {
  /** Closed when the session ends, also by an error. */
  readonly folder: RunFolder;
  readonly options: OptimisedOptions;
  /** The model to start from; not used when a checkpoint is resumed. */
  readonly start: Model;
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Makes the learner of a model, which is the start or comes from a checkpoint. */
  makeLearner(model: Model): Learner;
  onUpdate(done: number, total: number, loss: number): void;
  onEpoch(record: EpochRecord): void;
  /** The sample picture of the validation that was just done. */
  takePicture?(): Image | undefined;
}

export interface Outcome {
  /** False if the run was stopped before its end. */
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
  const loaded = session.resume && existsSync(folder.last) ? resumeFrom(folder, options) : undefined;
  const given = loaded?.model ?? session.start;
  const learner = session.makeLearner({ ...given, notes: { ...given.notes, run: folder.id } });
  const records = loaded?.records ?? [];
  const events = folder.newEventFile(loaded && firstRepeated(loaded.progress, options));
  const hooks: TrainingHooks = {
    onUpdate: (done, total, loss) => {
      folder.beat();
      events.show(done, [{ tag: 'loss/update', value: loss }]);
      session.onUpdate(done, total, loss);
    },
    onEpoch: (record, model) => {
      folder.beat();
      records.push(record);
      if (record.best) writeFileAtomic(folder.best, encodeModel(model));
      folder.writeMetrics(records);
      const sample = keepSample(folder, record.epoch, session.takePicture?.());
      events.show(record.updates, [...scalarsOf(record), ...sample]);
      session.onEpoch(record);
    },
    onSave: ({ model, averages, progress }) => {
      folder.beat();
      saveCheckpoint(folder.last, model, averages, progress);
    },
  };
  const { completed } = await trainModel(learner, options, hooks, session.signal, loaded);
  return { completed, records, best: records.findLast((record) => record.best) };
}

/** Writes the sample picture of an epoch, if there is one; returns what is shown of it. */
function keepSample(folder: RunFolder, epoch: number, picture: Image | undefined): Shown[] {
  if (!picture) return [];
  const { height, width, channels } = picture;
  const png = encodePng(picture);
  folder.writeSample(epoch, png);
  return [{ tag: 'sample', value: { height, width, channels, png } }];
}

/** The checkpoint of a run and its history; DataError if they are not of one run, or one is missing. */
function resumeFrom(folder: RunFolder, { optimizer, epochs, updatesPerEpoch }: OptimisedOptions) {
  const { checked, ...loaded } = loadCheckpoint(folder.last, findOptimiser(optimizer));
  const { epoch, update, bestScore } = loaded.progress;
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
