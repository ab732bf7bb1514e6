/** The options that name a data set, and loading it. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { checkLabels, type Dataset, type Sample, type Split } from '../../lib/image/dataset/dataset.js';
import { datasets, findDataset } from '../../lib/image/dataset/index.js';
import { UsageError } from '../../lib/tensor/error.js';
import type { Model } from '../../lib/unet/model.js';
import { imageChannels } from './model.js';

/** Names the folder that holds the data sets, each in its own folder. */
export const DATA_VARIABLE = 'SPIKING_UNET_DATA';

export interface DataOptions {
  readonly dataset: string;
  readonly data?: string;
}

export function addDataOptions(command: Command, defaultDataset?: string): void {
  command
    .option('--dataset <name>', Object.keys(datasets).join(', '), defaultDataset)
    .option('--data <dir>', `the data set's folder (default: its folder under $${DATA_VARIABLE})`);
}

/** The folder of a data set; undefined for a synthetic one; UsageError where none is named. */
export function dataFolder(dataset: Dataset, directory: string | undefined): string | undefined {
  if (directory !== undefined || dataset.folder === undefined) return directory;
  const root = process.env[DATA_VARIABLE];
  if (root) return join(root, dataset.folder);
  throw new UsageError(
    `--data is missing: where is the data set "${dataset.name}"? (or set ${DATA_VARIABLE}; synth-${dataset.name} needs no data)`,
  );
}

/** The names of the classes: the data set's own, or those that its folder names. */
export function namesOf(dataset: Dataset, directory: string | undefined): readonly string[] {
  const folder = dataset.classNamesIn && dataFolder(dataset, directory);
  return folder === undefined ? dataset.classNames : dataset.classNamesIn!(folder);
}

/** What a network expects of its samples: channels of the input, and how many classes it tells apart. */
export interface Fit {
  readonly channels: 1 | 3;
  /** Left out for denoising: then labels do not matter. */
  readonly classes?: number | undefined;
}

/** The samples of a split; DataError names one whose label holds a class the network does not know. */
export function loadSamples(options: DataOptions & { seed: number }, split: Split, fit: Fit): Sample[] {
  const dataset = findDataset(options.dataset);
  const directory = dataFolder(dataset, options.data);
  const samples = dataset.load({ directory, split, seed: options.seed, channels: fit.channels });
  if (fit.classes !== undefined) checkLabels(samples, fit.classes);
  return samples;
}

/** What a model expects of its samples. */
export function fitOf(model: Model): Fit {
  const { task, classes } = model.configuration;
  return { channels: imageChannels(model), ...(task === 'segment' && { classes }) };
}

/** Refuses a data set whose task or classes are not the model's (UsageError). */
export function requireFitting(dataset: Dataset, model: Model): void {
  const { task, classes } = model.configuration;
  if (dataset.name !== 'folder' && dataset.task !== task) {
    throw new UsageError(
      `--dataset ${dataset.name} is for the task "${dataset.task}", the model is for "${task}"`,
    );
  }
  const fixed = dataset.name !== 'folder' && !dataset.classNamesIn; // else the labels are looked at
  if (task === 'segment' && fixed && dataset.classNames.length !== classes) {
    throw new UsageError(
      `--dataset ${dataset.name} has ${dataset.classNames.length} classes, the model was made for ${classes}`,
    );
  }
}
