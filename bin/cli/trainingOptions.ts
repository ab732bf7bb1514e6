/**
 * What `train` and `finetune` share on the command line: the options of the training loop, and the display of
 * its progress.
 */

import type { Command } from 'commander';
import { UsageError } from '../../lib/core/error.js';
import type { Dataset } from '../../lib/data/dataset.js';
import { optimisers } from '../../lib/engine/learn/optimiser.js';
import type { OnImage } from '../../lib/measure/imageResult.js';
import { hashOfModel } from '../../lib/model/model.js';
import { hashOfSamples } from '../../lib/node/run/fingerprint.js';
import { openRunFolder } from '../../lib/node/run/runFolder.js';
import { runSession, type Session } from '../../lib/node/run/session.js';
import type { Image } from '../../lib/picture/image.js';
import { panel } from '../../lib/picture/panel.js';
import { resultColumns } from '../../lib/picture/taskPicture.js';
import type { LearningOptions, PreparedTraining, TRAINING } from '../../lib/train/learning.js';
import { DivergedError, type EpochRecord } from '../../lib/train/loop.js';
import type { PatchSize } from '../../lib/train/patches.js';
import { schedules } from '../../lib/train/schedule.js';
import { formatMetrics } from './metrics.js';
import { count, countUpTo, naturalNumber, nonNegative, patchSize, positive } from './parse.js';
import { Interrupted } from './signals.js';
import type { Context, Result, SharedOptions } from './stage.js';

export interface TrainingCommand {
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly optimizer: string;
  readonly schedule: string;
  readonly patches?: number;
  readonly patch?: PatchSize;
  readonly validation: number;
  readonly patience: number;
  readonly saveEvery: number;
  readonly clip: number;
  readonly weightDecay?: number;
  readonly out?: string;
  readonly resume: boolean;
}

export function addTrainingOptions(command: Command, defaults: typeof TRAINING, patches?: number): void {
  command
    .option('--out <dir>', 'the run folder: checkpoints, metrics.jsonl, sample pictures, TensorBoard events')
    .option('--resume', 'go on with the run in --out, with the same bits as if it had not stopped', false)
    .option('--epochs <n>', 'epochs in all', count, defaults.epochs)
    .option('--batch <n>', 'examples an update', countUpTo(65_536), defaults.batch)
    .option('--patches <n>', "examples an epoch (default: the data set's)", count, patches)
    .option(
      '--patch <size>',
      "side of square patches, or HEIGHTxWIDTH, which the network must divide (default: the data set's)",
      patchSize,
    )
    .option('--lr <rate>', 'learning rate', positive, defaults.learningRate)
    .option(
      '--schedule <name>',
      `of the learning rate: ${Object.keys(schedules).join(', ')}`,
      defaults.schedule,
    )
    .option('--optimizer <name>', Object.keys(optimisers).join(', '), defaults.optimizer)
    .option(
      '--validation <fraction>',
      'part of the training images that picks the best model',
      positive,
      defaults.validation,
    )
    .option(
      '--patience <n>',
      'stop after n epochs without a better validation score; 0: never',
      naturalNumber,
      defaults.patience,
    )
    .option(
      '--clip <norm>',
      'shorten gradients that are longer than this; 0: never',
      nonNegative,
      defaults.clip,
    )
    .option(
      '--weight-decay <x>',
      'part of each parameter that is added to its gradient (default: 0)',
      nonNegative,
    )
    .option('--save-every <n>', 'updates between two checkpoints', count, 50);
}

export interface TrainingRun {
  readonly options: TrainingCommand & SharedOptions;
  readonly context: Context;
  readonly prepared: PreparedTraining;
}

/** The options of learning in the library's form; the defaults of patches are the data set's. */
export function learningOptions(
  command: TrainingCommand & SharedOptions,
  { patch: usual }: Dataset,
): LearningOptions {
  const { epochs, batch, lr, optimizer, schedule, validation, patience, clip, seed } = command;
  const { weightDecay } = command;
  const { patch: size = usual.size, patches: perEpoch = usual.perEpoch } = command;
  return {
    ...{ epochs, batch, learningRate: lr, optimizer, schedule, validation, patience, clip, seed },
    ...(weightDecay !== undefined && { weightDecay }),
    patch: { ...usual, size, perEpoch },
  };
}

/** Runs the training and shows it: a bar, a line and a picture for each epoch, and a summary. */
export async function trainAndReport(run: TrainingRun): Promise<Result> {
  const { options, context, prepared } = run;
  const { start, data } = prepared;
  const directory = options.out;
  if (directory === undefined) throw new UsageError('--out is missing: where should the run be kept?');
  const { signal } = context; // the signal first, so that the folder is released however we are stopped
  const folder = openRunFolder({
    ...{ directory, resume: options.resume, start: hashOfModel(start), remark: context.log },
    config: { ...configOf(options), samples: hashOfSamples(data) },
  });
  const bar = context.progress(directory, options.epochs * prepared.options.updatesPerEpoch);
  let picture: Image | undefined;
  const onImage: OnImage = (sample, prediction, seen) => {
    folder.beat();
    const predictions = [{ caption: 'prediction', prediction }];
    picture ??= panel(resultColumns(sample, seen, predictions, start.classNames.length));
  };
  const session: Session = {
    ...{ folder, start, resume: options.resume, signal },
    options: { ...prepared.options, saveEvery: options.saveEvery },
    makeLearner: (model) => prepared.makeLearner(context.engine, model, onImage),
    onUpdate: (done, _total, loss) => bar.update(done, `loss ${loss.toFixed(4)}`),
    onEpoch: (record) => context.log(describe(record, options.epochs)),
    takePicture: () => {
      const taken = picture;
      picture = undefined;
      return taken;
    },
  };
  const outcome = await runSession(session).catch(namingOptions);
  if (!outcome.completed) {
    throw new Interrupted('stopped; continue with the same command and --resume', signal.reason);
  }
  const { best } = outcome;
  const epochs = outcome.records.at(-1)?.epoch ?? 0;
  return {
    json: { run: directory, model: folder.best, epochs, best },
    text: `${folder.best}: the best of ${epochs} epochs${best ? `, ${describe(best, options.epochs)}` : ''}`,
  };
}

/** Adds to the advice of a training that diverged the options that it refers to. */
function namingOptions(error: unknown): never {
  if (error instanceof DivergedError) throw new Error(`${error.message} (--lr, --clip)`);
  throw error;
}

/** Every option that the run depends on, for config.json. */
function configOf(options: TrainingCommand & SharedOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'arguments'));
}

function describe(record: EpochRecord, epochs: number): string {
  const best = record.best ? ' (best so far)' : '';
  const loss = record.loss === undefined ? 'before the first update' : `loss ${record.loss.toFixed(4)}`;
  return `epoch ${record.epoch}/${epochs}: ${loss}, validation ${formatMetrics(record.validation)}${best}`;
}
