/**
 * The training loop that all methods share: epochs of batches, validation, early stopping, and a stop that
 * loses nothing. All random choices are derived from (seed, epoch, index), so stopping and resuming anywhere
 * gives the same bits. The caller stores checkpoints (node/run/session.ts).
 */

import { NotFiniteError } from '../engine/kernels/finite.js';
import type { Trainer } from '../engine/learn/trainer.js';
import type { ScoredEvaluation } from '../measure/evaluateTask.js';
import type { Learner } from './learner.js';
import { findSchedule } from './schedule.js';

export interface TrainingOptions {
  readonly epochs: number;
  /** Examples in one update. */
  readonly batch: number;
  readonly updatesPerEpoch: number;
  readonly learningRate: number;
  readonly schedule: string;
  /** Stop after this many epochs without a better validation score; 0: never. */
  readonly patience: number;
  /** Updates between two saves. */
  readonly saveEvery: number;
  /**
   * Whether the model is validated before the first update: then the best so far is never worse than that
   * model.
   */
  readonly measureStart?: boolean;
}

/** One line of metrics.jsonl; epoch 0 is the model that the run started from. */
export interface EpochRecord {
  readonly epoch: number;
  readonly updates: number;
  /** That of the last update; absent in epoch 0. */
  readonly learningRate?: number;
  /** Mean over the updates; absent in epoch 0. */
  readonly loss?: number;
  readonly validation: ScoredEvaluation['metrics'];
  readonly score: number;
  readonly best: boolean;
}

/** The loss or the gradient is no longer finite. */
export class DivergedError extends Error {
  override name = 'DivergedError';
}

/** What the caller does when something has happened. */
export interface Hooks {
  onUpdate(done: number, total: number, loss: number): void;
  /** Called after each epoch; if `record.best`, the model is the best so far. */
  onEpoch(record: EpochRecord): void;
  save(progress: Progress): void;
}

/** The progress of a run; changed in place while it continues. */
export interface Progress {
  /** Epochs completed. */
  epoch: number;
  /** Updates completed within the epoch under way. */
  update: number;
  /** Sum of the losses of those updates. */
  lossSum: number;
  bestScore: number | null;
  bestEpoch: number;
}

/** Where a run stands before its first update. */
export function initialProgress(): Progress {
  return { epoch: 0, update: 0, lossSum: 0, bestScore: null, bestEpoch: 0 };
}

/** Updates so far. */
export function updatesOf(
  { epoch, update }: Progress,
  { updatesPerEpoch }: Pick<TrainingOptions, 'updatesPerEpoch'>,
): number {
  return epoch * updatesPerEpoch + update;
}

/** What a run is made of. */
export interface Training {
  readonly learner: Learner;
  /** The learner's, after the updates that were made so far. */
  readonly trainer: Trainer;
  readonly options: TrainingOptions;
  readonly hooks: Hooks;
}

/** Trains on from `from` to the end, or until the signal asks to stop; returns false if it was stopped. */
export async function trainLoop(training: Training, from: Progress, signal: AbortSignal): Promise<boolean> {
  const { options, hooks } = training;
  const { epochs, updatesPerEpoch, patience, saveEvery } = options;
  const progress = { ...from };
  const isOver = () =>
    progress.epoch >= epochs || (patience > 0 && progress.epoch - progress.bestEpoch >= patience);
  if (options.measureStart && updatesOf(progress, options) === 0 && progress.bestScore === null) {
    hooks.onEpoch({ epoch: 0, updates: 0, ...validate(training, progress) });
    hooks.save(progress);
  }
  while (!isOver()) {
    while (progress.update < updatesPerEpoch) {
      const loss = update(training, progress);
      progress.update += 1;
      progress.lossSum += loss;
      hooks.onUpdate(updatesOf(progress, options), epochs * updatesPerEpoch, loss);
      if (progress.update % saveEvery === 0) hooks.save(progress);
      await pause();
      if (signal.aborted) {
        hooks.save(progress);
        return false;
      }
    }
    finishEpoch(training, progress);
    hooks.save(progress);
  }
  return true;
}

/** Gives other tasks a turn, such as the one that stops the training. */
function pause(): Promise<void> {
  return new Promise((done) => {
    if (typeof setImmediate === 'function') setImmediate(done);
    else setTimeout(done); // a browser
  });
}

/** One update; returns its loss. DivergedError names the update whose loss or gradient is not finite. */
function update({ learner, trainer, options }: Training, progress: Progress): number {
  const { batch } = options;
  const before = updatesOf(progress, options);
  const first = progress.update * batch;
  const examples = Array.from({ length: batch }, (_, i) => learner.example(progress.epoch, first + i));
  try {
    return trainer.step(examples, learningRateAt(options, before));
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    const remedy = 'take a lower learning rate, or clip gradients; the last checkpoint is still good';
    throw new DivergedError(`${error.message} at update ${before + 1}: ${remedy}`);
  }
}

/** The learning rate of the next update. */
function learningRateAt(
  { learningRate, schedule, epochs, updatesPerEpoch }: TrainingOptions,
  done: number,
): number {
  return learningRate * findSchedule(schedule)(done / (epochs * updatesPerEpoch));
}

function finishEpoch(training: Training, progress: Progress): void {
  const { options, hooks } = training;
  const loss = progress.lossSum / progress.update;
  progress.epoch += 1;
  progress.update = 0;
  progress.lossSum = 0;
  const updates = updatesOf(progress, options);
  const learningRate = learningRateAt(options, updates - 1);
  hooks.onEpoch({ epoch: progress.epoch, updates, learningRate, loss, ...validate(training, progress) });
}

/**
 * Validates the model after `progress.epoch` epochs, and notes in `progress` whether it is the best so far.
 */
function validate(
  { learner, trainer }: Training,
  progress: Progress,
): Pick<EpochRecord, 'validation' | 'score' | 'best'> {
  const { metrics, score } = learner.validate(trainer.parameters());
  const best = progress.bestScore === null || score > progress.bestScore;
  if (best) {
    progress.bestScore = score;
    progress.bestEpoch = progress.epoch;
  }
  return { validation: metrics, score, best };
}
