/**
 * What a job is: a command of this program with a folder of its own below --runs, after those that it needs.
 * Commands name models relative to --runs, so that runs can be moved and merged.
 */

import { join } from 'node:path';
import { exactMacs } from '../../lib/measure/energyModels.js';
import { buildLayers } from '../../lib/net/architectures.js';
import type { Epochs } from './epochs.js';
import type { Experiment, Source } from './experiment.js';

export interface Job {
  /** Path relative to --runs. */
  readonly folder: string;
  /** The arguments of `spiking-unet`. */
  readonly command: readonly string[];
  readonly needs: readonly Job[];
  /** Approximate number of multiply-accumulates, as of a dense network. */
  readonly macs: number;
}

/** What the cells of all tables share. */
export interface Settings {
  readonly width: number;
  readonly seed: number;
  /** Of every training, in place of those of the recipes. */
  readonly epochs?: Epochs | undefined;
  readonly patches?: number | undefined;
  /** The folder of a data set; undefined if its synthetic twin is used. */
  folderOf(dataset: string): string | undefined;
}

/** Jobs with all that they depend on, each once, in an order in which they can be done. */
export function inOrder(jobs: readonly Job[]): Job[] {
  const ordered = new Map<string, Job>();
  const visit = (job: Job) => {
    if (ordered.has(job.folder)) return;
    job.needs.forEach(visit);
    ordered.set(job.folder, job);
  };
  jobs.forEach(visit);
  return [...ordered.values()];
}

/** Whether a job trains or converts; all others measure what those have made. */
export function makesNetwork({ command }: Job): boolean {
  return ['train', 'convert', 'finetune'].includes(command[0]);
}

/** The model that a job writes if it makes a network. */
export function modelOf({ folder, command }: Job): string {
  return command[0] === 'convert'
    ? join(folder, 'snn.safetensors')
    : join(folder, 'checkpoints', 'best.safetensors');
}

/** The options of a data set, or of its twin. */
export function dataOptions({ dataset, twin }: Source, { folderOf }: Settings): string[] {
  const folder = folderOf(dataset);
  return folder === undefined ? ['--dataset', twin] : ['--dataset', dataset, '--data', folder];
}

/** Approximate multiply-accumulates a pixel of the experiment's U-Net. */
export function macsPerPixel({ channels, sigmas }: Experiment, { width }: Settings): number {
  const side = 16;
  const task = sigmas.length > 0 ? 'denoise' : 'segment';
  const layers = buildLayers({ task, width, channels, classes: 2 });
  return layers.reduce((sum, layer) => sum + exactMacs(layer, side, side), 0) / side ** 2;
}
