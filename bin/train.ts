#!/usr/bin/env node
/**
 * `spiking-unet train`: trains a U-Net by back-propagation (section 3.1 of the paper), or a spiking network
 * with its neurons in place (section 4.2, "direct training").
 */

import { toUnet } from '../lib/convert/spikingModel.js';
import { UsageError } from '../lib/core/error.js';
import type { Dataset } from '../lib/data/dataset.js';
import { findDataset } from '../lib/data/index.js';
import type { Model } from '../lib/model/model.js';
import { architectures, PAPERS } from '../lib/net/architectures.js';
import { initialisations } from '../lib/net/initialisation.js';
import { TRAINING } from '../lib/train/learning.js';
import { directStart, prepareDirect } from '../lib/train/trainDirectly.js';
import { newUnet, prepareTraining, USUAL_WIDTH } from '../lib/train/trainUnet.js';
import {
  addDataOptions,
  addIgnoreOption,
  type DataOptions,
  loadSamples,
  namesOf,
  requireOwnClasses,
} from './cli/dataOptions.js';
import { addDirectOptions, type DirectOptions, directLearning } from './cli/directOptions.js';
import { addTrainingMemoryOption, announceTraining, type TrainingMemoryOption } from './cli/memoryToTrain.js';
import { readModel } from './cli/modelOptions.js';
import { classCount, featureCount, oneOf, pictureChannels } from './cli/parse.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import {
  addTrainingOptions,
  learningOptions,
  type TrainingCommand,
  trainAndReport,
} from './cli/trainingOptions.js';

interface Options extends DataOptions, TrainingCommand, DirectOptions, TrainingMemoryOption, SharedOptions {
  readonly task?: 'segment' | 'denoise';
  readonly architecture?: string;
  readonly width?: number;
  readonly from?: string;
  readonly init?: string;
  readonly channels?: 1 | 3;
  readonly classes?: number;
  readonly ignore?: number;
}

const stage: Stage<Options> = {
  name: 'train',
  summary: 'Train a U-Net, or with --direct a spiking network.',
  examples: [
    [
      'train --dataset synth-drive --width 4 --epochs 2 --patches 400 --out runs/first',
      'a first try, no data needed',
    ],
    [
      'train --dataset drive --data ~/DRIVE --width 16 --epochs 12 --out runs/drive',
      'the retina at width 16',
    ],
    [
      'train --dataset drive --data ~/DRIVE --width 16 --epochs 12 --out runs/drive --resume',
      'go on after a stop',
    ],
    [
      'train --architecture spiking-fcn --direct --neuron lif --steps 20 --normalise bntt --init xavier-uniform-2 --dataset drive --data ~/DRIVE --width 8 --out runs/fcn',
      'the network of Kim, Chough and Panda (2022)',
    ],
    [
      'train --from runs/drive/checkpoints/best.safetensors --dataset drive --data ~/DRIVE --epochs 4 --patches 1600 --lr 1e-4 --out runs/more',
      'train a network further, as a control for what fine-tuning a spiking network gains',
    ],
    [
      'train --direct --neuron ml --steps 4 --dataset drive --data ~/DRIVE --width 8 --patches 800 --out runs/ml',
      'a spiking network from the start, without a U-Net to be converted',
    ],
  ],
  configure(command) {
    addDataOptions(command, 'synth-drive');
    command
      .option('--task <name>', "segment or denoise (default: the data set's)", oneOf('segment', 'denoise'))
      .option(
        '--architecture <name>',
        `${Object.keys(architectures).join(' or ')} (default: ${PAPERS}; docs/architectures.md)`,
        oneOf(...Object.keys(architectures)),
      )
      .option(
        '--width <F>',
        `channels of the first stage (default: ${USUAL_WIDTH}; the paper: 64)`,
        featureCount,
      )
      .option('--channels <n>', "channels of the input, 1 or 3 (default: the data set's)", pictureChannels)
      .option('--classes <n>', 'number of classes (data set "folder" only)', classCount)
      .option('--from <file>', 'start from the weights of this U-Net, not from random ones')
      .option(
        '--init <name>',
        `random weights: ${Object.values(initialisations)
          .map(({ name, summary }) => `${name}: ${summary}`)
          .join('; ')} (default: he)`,
        oneOf(...Object.keys(initialisations)),
      );
    addIgnoreOption(command);
    addTrainingOptions(command, TRAINING);
    addDirectOptions(command);
    addTrainingMemoryOption(command, 'with --direct: ');
  },
  run(options, context) {
    const direct = directLearning(options);
    if (!direct && options.memory !== undefined)
      throw new UsageError('--memory: belongs to --direct: leave it out, or add that');
    const dataset = findDataset(options.dataset);
    const task = options.task ?? dataset.task;
    requireOwnClasses(dataset, options);
    requireLabelled(dataset, task, options);
    const channels = options.channels ?? dataset.channels;
    const classNames =
      task === 'denoise' ? [] : classNamesOf(namesOf(dataset, options.data), options.classes);
    const { architecture, width, init, seed } = options;
    if (init !== undefined && options.from !== undefined)
      throw new UsageError('--init: --from has weights already: leave one of them out');
    const { preprocess } = dataset;
    const notes = { dataset: dataset.name, split: 'train' };
    const chosen = {
      ...(architecture !== undefined && { architecture }),
      ...(width !== undefined && { width }),
    };
    const random = init === undefined ? {} : { initialisation: init };
    const fresh = newUnet({ task, classNames, preprocess, ...chosen, ...random }, channels, { seed, notes });
    const start = options.from === undefined ? fresh : startFrom(options.from, fresh, chosen);
    const { classes } = fresh.configuration;
    const fit = {
      channels,
      ...(task === 'segment' && { classes, ignore: options.ignore }),
      labels: 'needed',
    } as const;
    const samples = loadSamples(options, 'train', fit, context);
    const learning = learningOptions(options, dataset);
    const further = options.from !== undefined;
    const prepared = direct
      ? prepareDirect(directStart(start, direct), samples, direct, learning, further)
      : prepareTraining(start, samples, learning, further);
    if (direct) announceTraining(directStart(start, direct), prepared, direct.steps, options, context);
    const resolved = { ...options, width: start.configuration.width };
    return trainAndReport({ options: resolved, context, prepared });
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** A U-Net to be trained further; UsageError if it does not fit the data and the options. */
function startFrom(path: string, fresh: Model, chosen: Pick<Options, 'architecture' | 'width'>): Model {
  const { model, hash } = readModel(path);
  const unet = toUnet(model, path);
  const found = { architecture: PAPERS, ...unet.configuration, preprocess: unet.preprocess };
  const { architecture, width } = { ...found, ...chosen };
  const wanted = { ...fresh.configuration, architecture, width, preprocess: fresh.preprocess };
  const different = Object.entries(wanted).filter(
    ([key, value]) => found[key as keyof typeof wanted] !== value,
  );
  if (different.length > 0) {
    const list = different.map(([key, value]) => `${key} ${value}`).join(', ');
    throw new UsageError(`--from ${path}: does not fit, expected ${list}`);
  }
  return { ...unet, notes: { ...fresh.notes, parent: hash } };
}

/** Refuses to segment a data set without labels, and classes for a denoiser (UsageError). */
function requireLabelled(dataset: Dataset, task: string, options: Options): void {
  if (task === 'segment' && dataset.task === 'denoise')
    throw new UsageError(`--task segment: ${dataset.name} has no labels`);
  const option = (['classes', 'ignore'] as const).find((name) => options[name] !== undefined);
  if (task === 'denoise' && option)
    throw new UsageError(`--${option}: a denoiser tells no classes apart, leave it out`);
}

/** The data set's own names, or numbers if the user gives the number of classes. */
function classNamesOf(names: readonly string[], classes: number | undefined): readonly string[] {
  if (classes === undefined || classes === names.length) return names;
  return Array.from({ length: classes }, (_, id) => String(id));
}
