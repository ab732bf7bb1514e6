/**
 * A training from its start, or from where it stopped, to the model with the best validation score: the loop
 * (loop.ts) with an optimiser. It writes no files: run folders (node/run/session.ts) and callers get results
 * from its hooks.
 */

import { type Averages, findOptimiser } from '../engine/learn/optimiser.js';
import type { Model } from '../model/model.js';
import type { Learner } from './learner.js';
import {
  type EpochRecord,
  initialProgress,
  type Progress,
  type TrainingOptions,
  trainLoop,
  updatesOf,
} from './loop.js';

/** All that is needed to continue a training with the same bits. */
export interface TrainingState {
  readonly model: Model;
  readonly averages: Averages;
  readonly progress: Progress;
}

export interface OptimisedOptions extends TrainingOptions {
  readonly optimizer: string;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0 or left out: never. */
  readonly clip?: number;
  /** Part of each parameter that is added to its gradient; default: 0. */
  readonly weightDecay?: number;
}

/** What the caller is told while a training runs. */
export interface TrainingHooks {
  readonly onUpdate?: ((done: number, total: number, loss: number) => void) | undefined;
  /** Called after each epoch; the notes of `model` name the epoch. */
  readonly onEpoch?: ((record: EpochRecord, model: Model) => void) | undefined;
  /** Called every `saveEvery` updates, after every epoch, and when the training is stopped. */
  readonly onSave?: ((state: TrainingState) => void) | undefined;
}

export interface Trained {
  /** The finished model with the best validation score; without any, that after the last update. */
  readonly model: Model;
  /** One for each epoch; epoch 0 is the start, if it was measured. */
  readonly records: readonly EpochRecord[];
  /** False if the signal stopped the training before its end. */
  readonly completed: boolean;
}

/** Trains until the end, or until the signal asks to stop. */
export async function trainModel(
  learner: Learner,
  options: OptimisedOptions,
  { onUpdate, onEpoch, onSave }: TrainingHooks,
  signal: AbortSignal,
  from?: TrainingState,
): Promise<Trained> {
  const { model } = learner;
  const { clip = 0, weightDecay = 0, optimizer } = options;
  const start = from?.progress ?? initialProgress();
  const trainer = learner.newTrainer({
    ...{ optimiser: findOptimiser(optimizer), clip, weightDecay },
    updates: updatesOf(start, options),
    ...(from && { averages: from.averages }),
  });
  const finished = () => learner.finished(trainer.parameters());
  const best: Model[] = []; // one at most
  const records: EpochRecord[] = [];
  const hooks = {
    onUpdate: (done: number, total: number, loss: number) => onUpdate?.(done, total, loss),
    onEpoch: (record: EpochRecord) => {
      const measured = withMetrics(finished(), record);
      records.push(record);
      if (record.best) best.splice(0, 1, measured);
      onEpoch?.(record, measured);
    },
    save: (progress: Progress) =>
      onSave?.({
        model: { ...model, parameters: trainer.parameters() },
        averages: trainer.averages(),
        progress: { ...progress },
      }),
  };
  try {
    const completed = await trainLoop({ learner, trainer, options, hooks }, start, signal);
    return { model: best[0] ?? finished(), records, completed };
  } finally {
    trainer.dispose();
  }
}

function withMetrics(model: Model, record: EpochRecord): Model {
  const { epoch, updates, validation } = record;
  return { ...model, notes: { ...model.notes, metrics: JSON.stringify({ epoch, updates, validation }) } };
}
