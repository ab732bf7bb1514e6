/**
 * A training from its start, or from where it stopped, to the best model that was validated: the loop
 * (loop.ts) with an optimiser, on values. It writes nothing: run folders (node/run/session.ts) and callers
 * take what its hooks hand out.
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

/** All that a training goes on from with the same bits. */
export interface TrainingState {
  readonly model: Model;
  readonly averages: Averages;
  readonly progress: Progress;
}

export interface OptimisedOptions extends TrainingOptions {
  readonly optimizer: string;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0 or left out: never. */
  readonly clip?: number;
}

/** What the outside sees of a training while it runs. */
export interface TrainingHooks {
  readonly onUpdate?: ((done: number, total: number, loss: number) => void) | undefined;
  /** An epoch is over; `model` is as it is now, and says so in its notes. */
  readonly onEpoch?: ((record: EpochRecord, model: Model) => void) | undefined;
  /** Every `saveEvery` updates, after every epoch, and where the training is stopped. */
  readonly onSave?: ((state: TrainingState) => void) | undefined;
}

export interface Trained {
  /** The best that was validated; where none was, the model after the last update. */
  readonly model: Model;
  /** One an epoch; epoch 0 is the start, where it was measured. */
  readonly records: readonly EpochRecord[];
  /** False where the signal stopped the training before its end. */
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
  const { clip = 0, optimizer } = options;
  const start = from?.progress ?? initialProgress();
  const trainer = learner.newTrainer({
    ...{ optimiser: findOptimiser(optimizer), clip, updates: updatesOf(start, options) },
    ...(from && { averages: from.averages }),
  });
  const now = () => ({ ...model, parameters: trainer.parameters() });
  const best: Model[] = []; // one at most
  const records: EpochRecord[] = [];
  const hooks = {
    onUpdate: (done: number, total: number, loss: number) => onUpdate?.(done, total, loss),
    onEpoch: (record: EpochRecord) => {
      const measured = withMetrics(now(), record);
      records.push(record);
      if (record.best) best.splice(0, 1, measured);
      onEpoch?.(record, measured);
    },
    save: (progress: Progress) =>
      onSave?.({ model: now(), averages: trainer.averages(), progress: { ...progress } }),
  };
  try {
    const completed = await trainLoop({ learner, trainer, options, hooks }, start, signal);
    return { model: best[0] ?? now(), records, completed };
  } finally {
    trainer.dispose();
  }
}

function withMetrics(model: Model, record: EpochRecord): Model {
  const { epoch, updates, validation } = record;
  return { ...model, notes: { ...model.notes, metrics: JSON.stringify({ epoch, updates, validation }) } };
}
