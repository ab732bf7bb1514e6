/**
 * The jobs of a cell: commands of this program, each with a folder of its own below --runs, each after those
 * that it needs. Commands name models relative to --runs, so that runs can be moved and merged.
 */

import { join } from 'node:path';
import { findDataset } from '../../lib/data/index.js';
import { exactMacs } from '../../lib/measure/energyModels.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { type Conversion, conversionName } from './cell.js';
import { type Experiment, experiments, type Recipe, type Source } from './experiment.js';
import type { Metric } from './metric.js';
import type { Entry } from './paperTable.js';

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
  /** Epochs of every training, in place of those of the recipes. */
  readonly epochs?: number | undefined;
  readonly patches?: number | undefined;
  /** The folder of a data set; undefined if its synthetic twin is used. */
  folderOf(dataset: string): string | undefined;
}

/** Passes of an update: forward, and two backward. */
const PASSES = 3;
/** Approximate time of a step of a spiking network, relative to a pass of the U-Net (docs/speed.md). */
const EVENT_SHARE = 0.3;

/** The evaluation (or count of operations) that an entry of a table shows; what it needs is in `needs`. */
export function jobOf({ cell, sigma, metric }: Entry, settings: Settings): Job {
  const experiment = experiments[cell.experiment];
  const train = trainJob(cell.experiment, experiment, settings);
  const evaluation = { experiment, settings, sigma, stage: metric.stage };
  if (cell.kind === 'unet') return evaluateJob(evaluation, train, '', [], 1);
  const converted = convertJob(experiment, settings, train, cell.conversion);
  if (cell.kind === 'quantised') return evaluateJob(evaluation, converted, '-as-unet', ['--as-unet'], 1);
  const steps = String(cell.steps);
  const how = [...['--steps', steps], ...(cell.half ? ['--v-init', 'half'] : [])];
  const passes = cell.steps * EVENT_SHARE;
  const suffix = `T${steps}${cell.half ? '-half' : ''}`;
  if (cell.kind === 'converted') return evaluateJob(evaluation, converted, `-${suffix}`, how, passes);
  const { finetune, atPaperSteps = finetune } = experiment.recipes;
  const recipe = recipeOf(cell.steps === experiment.steps ? atPaperSteps : finetune, settings);
  const folder = join(converted.folder, suffix);
  const finetuned: Job = {
    folder,
    command: [
      ...['finetune', '--model', modelOf(converted), ...how, ...dataOptions(experiment.train, settings)],
      ...[...recipeOptions(recipe), '--seed', String(settings.seed), '--out', folder],
    ],
    needs: [converted],
    macs: trainingMacs(experiment, settings, recipe, passes + PASSES - 1),
  };
  return evaluateJob(evaluation, finetuned, '', [], passes);
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

/** The folder of everything that is made from one U-Net. */
function familyOf(name: string, { train }: Experiment, settings: Settings): string {
  const { width, seed, epochs, patches } = settings;
  const twin = settings.folderOf(train.dataset) === undefined ? '-synthetic' : '';
  const given = (letter: string, value?: number) => (value === undefined ? '' : `-${letter}${value}`);
  return `${name}${twin}-w${width}-s${seed}${given('e', epochs)}${given('p', patches)}`;
}

function recipeOf(recipe: Recipe, { epochs, patches }: Settings): Recipe {
  return { ...recipe, ...(epochs !== undefined && { epochs }), ...(patches !== undefined && { patches }) };
}

function trainJob(name: string, experiment: Experiment, settings: Settings): Job {
  const folder = join(familyOf(name, experiment, settings), 'unet');
  const recipe = recipeOf(experiment.recipes.train, settings);
  const standard = findDataset(experiment.train.dataset).channels === experiment.channels;
  return {
    folder,
    command: [
      ...['train', ...dataOptions(experiment.train, settings), '--width', String(settings.width)],
      ...(standard ? [] : ['--channels', String(experiment.channels)]),
      ...[...recipeOptions(recipe), '--seed', String(settings.seed), '--out', folder],
    ],
    needs: [],
    macs: trainingMacs(experiment, settings, recipe, PASSES),
  };
}

function convertJob(experiment: Experiment, settings: Settings, train: Job, conversion: Conversion): Job {
  const folder = join(train.folder, '..', conversionName(conversion));
  return {
    folder,
    command: [
      ...['convert', '--model', modelOf(train), ...conversionOptions(conversion, experiment)],
      ...[...dataOptions(experiment.train, settings), '--out', join(folder, 'snn.safetensors')],
    ],
    needs: [train],
    macs: 0,
  };
}

function conversionOptions(conversion: Conversion, { calibration }: Experiment): string[] {
  const draw = ('preset' in conversion && conversion.draw) || calibration;
  const images = draw ? ['--images', String(draw.images), '--seed', String(draw.seed)] : [];
  if ('preset' in conversion)
    return ['--preset', conversion.preset, '--thresholds', String(conversion.bits), ...images];
  const { norm, neuron, thresholds } = conversion;
  const volts = thresholds ? ['--thresholds', thresholds.join(',')] : [];
  return ['--norm', norm, '--neuron', neuron, ...volts, ...images];
}

interface Evaluation {
  readonly experiment: Experiment;
  readonly settings: Settings;
  readonly sigma: number | undefined;
  readonly stage: Metric['stage'];
}

function evaluateJob(
  { experiment, settings, sigma, stage }: Evaluation,
  model: Job,
  suffix: string,
  how: readonly string[],
  passes: number,
): Job {
  const name = `${stage === 'evaluate' ? 'eval' : stage}${suffix}`;
  const command = stage === 'time' ? ['evaluate', '--time', '--threads', '1'] : [stage];
  return {
    folder: join(model.folder, sigma === undefined ? name : `${name}-sigma${sigma}`),
    command: [
      ...[...command, '--model', modelOf(model), ...how, ...dataOptions(experiment.test, settings)],
      ...(sigma === undefined ? [] : ['--sigma', String(sigma)]),
    ],
    needs: [model],
    macs: macsPerPixel(experiment, settings) * experiment.testPixels * passes,
  };
}

/** The model that a job writes; only some jobs do. */
export function modelOf({ folder, command }: Job): string {
  return command[0] === 'convert'
    ? join(folder, 'snn.safetensors')
    : join(folder, 'checkpoints', 'best.safetensors');
}

function dataOptions({ dataset, twin }: Source, { folderOf }: Settings): string[] {
  const folder = folderOf(dataset);
  return folder === undefined ? ['--dataset', twin] : ['--dataset', dataset, '--data', folder];
}

function recipeOptions(recipe: Recipe): string[] {
  return Object.entries(recipe).flatMap(([option, value]) => [`--${option}`, String(value)]);
}

function trainingMacs(
  experiment: Experiment,
  settings: Settings,
  { epochs, patches }: Recipe,
  passes: number,
): number {
  const { size, perEpoch } = findDataset(experiment.train.dataset).patch;
  return macsPerPixel(experiment, settings) * size ** 2 * (patches ?? perEpoch) * epochs * passes;
}

function macsPerPixel({ channels, sigmas }: Experiment, { width }: Settings): number {
  const side = 16;
  const task = sigmas.length > 0 ? 'denoise' : 'segment';
  const layers = buildLayers({ task, width, channels, classes: 2 });
  return layers.reduce((sum, layer) => sum + exactMacs(layer, side, side), 0) / side ** 2;
}
