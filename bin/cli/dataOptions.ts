/** The options that name a data set, and loading it for a network. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { DataError, UsageError } from '../../lib/core/error.js';
import { leftOutOf, noLabels } from '../../lib/data/checkDataset.js';
import type { Dataset, Listed, LoadOptions, Split } from '../../lib/data/dataset.js';
import { attempt, wantedBy } from '../../lib/data/disk.js';
import { datasets, findDataset } from '../../lib/data/index.js';
import { lossOfFiles } from '../../lib/data/leftOut.js';
import type { Model } from '../../lib/model/model.js';
import { imageChannels } from '../../lib/model/model.js';
import { type PreprocessName, preprocess } from '../../lib/picture/preprocess.js';
import { checkLabels, type Sample } from '../../lib/picture/sample.js';
import { naturalNumber } from './parse.js';
import type { Context } from './stage.js';

/** The environment variable that names the folder with the data sets, each in its own folder. */
export const DATA_VARIABLE = 'SPIKING_UNET_DATA';

/** The only data set whose classes the user defines. */
const OWN = 'folder';

export interface DataOptions {
  readonly dataset: string;
  readonly data?: string;
}

export function addDataOptions(command: Command, defaultDataset?: string): void {
  command
    .option('--dataset <name>', Object.keys(datasets).join(', '), defaultDataset)
    .option('--data <dir>', `the data set's folder (default: its folder under $${DATA_VARIABLE})`);
}

/** The option --ignore of stages that train. */
export function addIgnoreOption(command: Command): void {
  const help = 'a number in the labels of "folder", such as 255, whose pixels do not count';
  command.option('--ignore <id>', help, naturalNumber);
}

/** The folder of a data set; undefined for a synthetic one; UsageError if it is missing or superfluous. */
export function dataFolder(dataset: Dataset, directory: string | undefined): string | undefined {
  const { name, folder } = dataset;
  if (folder === undefined) {
    if (directory === undefined) return undefined;
    throw new UsageError(`--data ${directory}: ${name} is drawn and reads no folder: which --dataset is it?`);
  }
  if (directory !== undefined) return directory;
  const root = process.env[DATA_VARIABLE];
  if (root) return join(root, folder);
  const twin = Object.hasOwn(datasets, `synth-${name}`) ? `; synth-${name} needs no data` : '';
  throw new UsageError(
    `--data is missing: where is the data set "${name}"? (or set ${DATA_VARIABLE}${twin})`,
  );
}

/** The names of the classes: the data set's own, or those that its folder names. */
export function namesOf(dataset: Dataset, directory: string | undefined): readonly string[] {
  const folder = dataset.classNamesIn && dataFolder(dataset, directory);
  return folder === undefined ? dataset.classNames : dataset.classNamesIn!(folder);
}

/** Whether the user defines what the labels of a data set mean. */
export function ownsLabels(dataset: string): boolean {
  return dataset === OWN;
}

/**
 * Refuses a number of classes, or a label to ignore, for a data set that defines its classes (UsageError).
 */
export function requireOwnClasses(
  dataset: Dataset,
  options: { readonly classes?: number | undefined; readonly ignore?: number | undefined },
): void {
  if (ownsLabels(dataset.name)) return;
  const option = (['classes', 'ignore'] as const).find((name) => options[name] !== undefined);
  if (option !== undefined)
    throw new UsageError(`--${option}: the labels of ${dataset.name} hold its own classes, leave it out`);
}

/** What a network expects of its samples. */
export interface Fit {
  /** Channels of the input. */
  readonly channels: 1 | 3;
  /** How pictures become its input; the data set's own way where left out. */
  readonly preprocess?: PreprocessName;
  /** How many classes it distinguishes; left out for denoising. */
  readonly classes?: number | undefined;
  /** A value in labels whose pixels do not count. */
  readonly ignore?: number | undefined;
  /**
   * `needed`: every sample must have a label; `unread`: labels are not read. Default: labels are optional.
   */
  readonly labels?: 'needed' | 'unread' | undefined;
}

/** The samples of a split, at least one; DataError where one is not what the network expects. */
export function loadSamples(
  options: DataOptions & { readonly seed: number },
  split: Split,
  fit: Fit,
  { log }: Pick<Context, 'log'>,
): Sample[] {
  const dataset = findDataset(options.dataset);
  const wanted = wantedFor(options, split, fit, dataset);
  const { directory, classes, labels } = wanted;
  const samples = dataset.load(wanted).map((sample) => preparedAs(fit.preprocess, sample, dataset));
  if (samples.length === 0)
    throw new DataError(`${directory ?? dataset.name}: there are no images in the split "${split}"`);
  if (labels) checkLabels(samples, classes!);
  if (labels && fit.labels === 'needed') requireLabels(samples, directory);
  if (directory !== undefined && fit.labels !== 'unread') remarkOnLosses(dataset, directory, log);
  return samples;
}

/**
 * The same samples, not read yet; reading one refuses it where `loadSamples` would. Those of a synthetic data
 * set are drawn at once.
 */
export function listSamples(
  options: DataOptions & { readonly seed: number },
  split: Split,
  fit: Fit,
  { log }: Pick<Context, 'log'>,
): readonly Listed[] {
  const dataset = findDataset(options.dataset);
  const wanted = wantedFor(options, split, fit, dataset);
  const { directory, classes, labels } = wanted;
  if (!dataset.list || directory === undefined)
    return loadSamples(options, split, fit, { log }).map((sample) => ({
      name: sample.name,
      files: [],
      read: () => sample,
    }));
  const listed = dataset.list(directory, wantedBy(wanted, dataset.channels));
  if (listed.length === 0) throw new DataError(`${directory}: there are no images in the split "${split}"`);
  if (fit.labels !== 'unread') remarkOnLosses(dataset, directory, log);
  return listed.map(({ name, files, read }) => ({
    name,
    files,
    read() {
      const sample = preparedAs(fit.preprocess, read(), dataset);
      if (labels) checkLabels([sample], classes!);
      if (labels && fit.labels === 'needed') requireLabels([sample], undefined);
      return sample;
    },
  }));
}

/** How the samples that a network expects are to be loaded. */
function wantedFor(
  options: DataOptions & { readonly seed: number },
  split: Split,
  fit: Fit,
  dataset: Dataset,
): LoadOptions {
  const { channels, classes, ignore } = fit;
  const directory = dataFolder(dataset, options.data);
  const labels = fit.labels !== 'unread' && classes !== undefined;
  return { directory, split, seed: options.seed, channels, classes, ignore, labels };
}

/** A sample whose input is made of its picture in another way than its data set does it. */
function preparedAs(how: PreprocessName | undefined, sample: Sample, dataset: Dataset): Sample {
  if (how === undefined || how === dataset.preprocess) return sample;
  return { ...sample, input: preprocess(how, sample.picture, sample.channels) };
}

function requireLabels(samples: readonly Sample[], directory: string | undefined): void {
  const unlabelled = samples.filter(({ label }) => !label);
  if (unlabelled.length === 0) return;
  if (unlabelled.length === samples.length && directory !== undefined)
    throw new DataError(noLabels(directory));
  throw new DataError(`${unlabelled[0].name}: has no label, nor have ${unlabelled.length - 1} other images`);
}

/** Logs which files in the folder are not read, unless the folder holds only one of two splits. */
function remarkOnLosses(dataset: Dataset, directory: string, log: Context['log']): void {
  const { list, channels } = dataset;
  if (!list) return;
  const wanted = { split: 'all', channels, classes: {}, labels: true } as const;
  const listed = attempt([], () => list(directory, wanted)) ?? [];
  const loss = lossOfFiles(directory, leftOutOf(dataset, directory, listed));
  if (loss !== undefined) log(loss);
}

/** What a model expects of its samples. */
export function fitOf(model: Model, labels: Fit['labels'], ignore?: number): Fit {
  const { preprocess } = model;
  const { task, classes } = model.configuration;
  return {
    channels: imageChannels(model),
    preprocess,
    ...(task === 'segment' && { classes, labels, ignore }),
  };
}

/**
 * The data set to run a model on: the named one, or that which it was made from; UsageError if there is
 * neither.
 */
export function datasetFor(named: string | undefined, model: Model): string {
  const name = named ?? model.notes.dataset;
  if (name !== undefined) return name;
  throw new UsageError('--dataset is missing: the model does not say which data set it was made from');
}

/** Refuses a data set whose task or classes are not the model's (UsageError). */
export function requireFitting(options: DataOptions, model: Model): void {
  const dataset = findDataset(options.dataset);
  if (ownsLabels(dataset.name)) return; // its labels are checked themselves
  const { task, classes } = model.configuration;
  if (dataset.task !== task) {
    throw new UsageError(
      `--dataset ${dataset.name} is for the task "${dataset.task}", the model is for "${task}"`,
    );
  }
  if (task === 'denoise') return;
  const names = namesOf(dataset, options.data);
  if (names.length !== classes)
    throw new UsageError(
      `--dataset ${dataset.name} has ${names.length} classes, the model was made for ${classes}`,
    );
  const known = model.classNames.filter((name) => names.includes(name));
  const moved = known.find((name) => names.indexOf(name) !== model.classNames.indexOf(name));
  if (moved !== undefined) {
    const [theirs, ours] = [names.indexOf(moved), model.classNames.indexOf(moved)];
    throw new UsageError(
      `--dataset ${dataset.name}: its class ${theirs} is "${moved}", which is class ${ours} of the model`,
    );
  }
}
