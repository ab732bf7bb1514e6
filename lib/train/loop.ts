/**
 * The training loop that back-propagation and ASF-BP share: epochs of batches, an optimiser, validation, best and
 * last checkpoint, early stopping, and a stop that loses nothing. All that depends on chance is derived from
 * (seed, epoch, index), so stopping and resuming anywhere gives the same bits.
 */

import type { Kernels } from '../engine/contract.js';
import { NotFiniteError } from '../engine/finite.js';
import type { ScoredEvaluation } from '../measure/evaluateTask.js';
import type { Model } from '../model/model.js';
import { type Parameters, zerosLike } from '../net/parameters.js';
import { batchGradient, type LossGradient } from './backprop.js';
import type { Example } from './example.js';
import { throughAmplitudes } from './learnedAmplitudes.js';
import { findOptimiser } from './optimiser.js';
import { findSchedule } from './schedule.js';

export interface TrainingOptions {
  readonly epochs: number;
  /** Examples an update. */
  readonly batch: number;
  readonly updatesPerEpoch: number;
  readonly learningRate: number;
  readonly optimizer: string;
  readonly schedule: string;
  /** Stop after this many epochs without a better validation score; 0: never. */
  readonly patience: number;
  /** Updates between two saves. */
  readonly saveEvery: number;
  /** Gradients longer than this (L2 norm over all parameters) are shortened to it; 0 or left out: never. */
  readonly clip?: number;
  /** Whether the model is validated before the first update: the best so far is then never worse than it. */
  readonly measureStart?: boolean;
}

/** What is trained, and how it is judged. */
export interface Learner {
  /** Its parameters are updated in place. */
  readonly model: Model;
  example(epoch: number, index: number): Example;
  /** By `parameters`: those of the model, with its amplitudes folded into the weights where it has some. */
  gradient(example: Example, parameters: Parameters): LossGradient;
  validate(): ScoredEvaluation;
}

/** One line of metrics.jsonl; epoch 0 is the model that the run started from. */
export interface EpochRecord {
  readonly epoch: number;
  readonly updates: number;
  /** Of the last update; not of epoch 0. */
  readonly learningRate?: number;
  /** Mean of the updates; not of epoch 0. */
  readonly loss?: number;
  readonly validation: ScoredEvaluation['metrics'];
  readonly score: number;
  readonly best: boolean;
}

/** What the outside does when something has happened. */
export interface Hooks {
  onUpdate(done: number, total: number, loss: number): void;
  /** An epoch is over; where `record.best` the model is the best so far. */
  onEpoch(record: EpochRecord): void;
  save(averages: Averages, state: Progress): void;
}

/** Where a run stands; changed in place while it goes on. */
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

/** The averages of an optimiser by slot name, each in the form of the parameters. */
export type Averages = ReadonlyMap<string, Parameters>;

/** Where a run stands, and its optimiser's averages. */
export interface TrainingState {
  readonly averages: Averages;
  readonly progress: Progress;
}

export function initialState(model: Model, optimizer: string): TrainingState {
  const { slots } = findOptimiser(optimizer);
  const averages = new Map(slots.map((slot) => [slot, zerosLike(model.parameters)]));
  return { averages, progress: { epoch: 0, update: 0, lossSum: 0, bestScore: null, bestEpoch: 0 } };
}

/** Trains from `state` to the end, or until the signal asks to stop; returns false if it was stopped. */
export async function trainLoop(
  kernels: Kernels,
  learner: Learner,
  options: TrainingOptions,
  state: TrainingState,
  hooks: Hooks,
  signal: AbortSignal,
): Promise<boolean> {
  const { epochs, batch, updatesPerEpoch, patience, saveEvery } = options;
  const total = epochs * updatesPerEpoch;
  const schedule = findSchedule(options.schedule);
  const progress = { ...state.progress };
  const isOver = () =>
    progress.epoch >= epochs || (patience > 0 && progress.epoch - progress.bestEpoch >= patience);
  if (options.measureStart && done(progress, options) === 0 && progress.bestScore === null) {
    hooks.onEpoch({ epoch: 0, updates: 0, ...validate(learner, progress) });
    hooks.save(state.averages, progress);
  }
  while (!isOver()) {
    while (progress.update < updatesPerEpoch) {
      const before = done(progress, options);
      const first = progress.update * batch;
      const examples = Array.from({ length: batch }, (_, i) => learner.example(progress.epoch, first + i));
      const learningRate = options.learningRate * schedule(before / total);
      const loss = kernels.scope(() => {
        const { loss, gradients } = throughAmplitudes(learner.model, (parameters) =>
          batchGradient(kernels, examples, (example) =>
            withUpdate(before + 1, () => learner.gradient(example, parameters)),
          ),
        );
        requireFinite('loss', loss, before + 1);
        guardNorm(kernels, gradients, options.clip ?? 0, before + 1);
        const { parameters } = learner.model;
        applyUpdate(
          kernels,
          options.optimizer,
          parameters,
          state.averages,
          gradients,
          learningRate,
          before + 1,
        );
        return loss;
      });
      progress.update += 1;
      progress.lossSum += loss;
      hooks.onUpdate(before + 1, total, loss);
      if (progress.update % saveEvery === 0) hooks.save(state.averages, progress);
      await new Promise(setImmediate); // lets Ctrl-C in
      if (signal.aborted) {
        hooks.save(state.averages, progress);
        return false;
      }
    }
    finishEpoch(learner, options, progress, hooks);
    hooks.save(state.averages, progress);
  }
  return true;
}

/** Updates so far. */
function done({ epoch, update }: Progress, { updatesPerEpoch }: TrainingOptions): number {
  return epoch * updatesPerEpoch + update;
}

function finishEpoch(learner: Learner, options: TrainingOptions, progress: Progress, hooks: Hooks): void {
  const total = options.epochs * options.updatesPerEpoch;
  const loss = progress.lossSum / progress.update;
  progress.epoch += 1;
  progress.update = 0;
  progress.lossSum = 0;
  const updates = done(progress, options);
  const learningRate = options.learningRate * findSchedule(options.schedule)((updates - 1) / total);
  hooks.onEpoch({ epoch: progress.epoch, updates, learningRate, loss, ...validate(learner, progress) });
}

/** Validates the model after `progress.epoch` epochs, and remembers there whether it is the best so far. */
function validate(learner: Learner, progress: Progress): Pick<EpochRecord, 'validation' | 'score' | 'best'> {
  const { metrics, score } = learner.validate();
  const best = progress.bestScore === null || score > progress.bestScore;
  if (best) {
    progress.bestScore = score;
    progress.bestEpoch = progress.epoch;
  }
  return { validation: metrics, score, best };
}

function applyUpdate(
  kernels: Kernels,
  optimizer: string,
  parameters: Parameters,
  averages: Averages,
  gradients: Parameters,
  learningRate: number,
  step: number,
): void {
  const optimiser = findOptimiser(optimizer);
  const [first, second] = optimiser.slots.map((slot) => averages.get(slot)!);
  for (const [name, weight] of parameters) {
    const gradient = gradients.get(name)!;
    optimiser.update(kernels, weight, [first.get(name)!, second.get(name)!], gradient, learningRate, step);
  }
}

/** Refuses a gradient that is no number, and shortens one that is longer than `clip`. */
function guardNorm(kernels: Kernels, gradients: Parameters, clip: number, update: number): void {
  let squares = 0; // float64, in the order of the parameters: the same number on every engine
  for (const gradient of gradients.values()) for (const value of gradient) squares += value * value;
  const norm = Math.sqrt(squares);
  requireFinite('norm of the gradient', norm, update);
  if (clip === 0 || norm <= clip) return;
  const divisor = Math.fround(norm / clip);
  for (const gradient of gradients.values()) kernels.divideBy(gradient, divisor);
}

function requireFinite(what: string, value: number, update: number): void {
  if (!Number.isFinite(value)) throw diverged(`the ${what} became ${value}`, update);
}

/** Adds to an output that is no number when it became so. */
function withUpdate<T>(update: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof NotFiniteError ? diverged(error.message, update) : error;
  }
}

function diverged(what: string, update: number): Error {
  return new Error(
    `${what} at update ${update}: lower --lr, or give --clip; the last checkpoint is still good`,
  );
}
