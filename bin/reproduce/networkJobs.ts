/** The jobs that make a network: training, conversion, fine-tuning, direct training. */

import { join } from 'node:path';
import { findDataset } from '../../lib/data/index.js';
import { type Cell, type Conversion, conversionName, directName, stepsName } from './cell.js';
import { type Epochs, epochsOf } from './epochs.js';
import { type Experiment, experiments, type Recipe } from './experiment.js';
import { dataOptions, type Job, macsPerPixel, modelOf, type Settings } from './job.js';

/** Passes of an update: forward, and two backward. */
const PASSES = 3;
/**
 * Through time a step is computed forward twice and backward in two passes; neurons, normalisation and their
 * derivatives take the rest.
 */
const DIRECT_PASSES = 4.5;
/** One step in whole numbers is dense, and every update rounds all weights and counts in integers. */
const WHOLE_PASSES = 4.5;
/** Approximate time of a step of a spiking network, relative to a pass of the U-Net (docs/speed.md). */
const EVENT_SHARE = 0.3;
/**
 * Compensated rounding runs 16 images through a network and, for each of 22 layers, through half of it;
 * reading and rounding take half as long again.
 */
const COMPENSATION_PASSES = 16 * 12 * 1.5;

/**
 * Poolings without neurons, as the authors of the neurons have them: with neurons few spikes come through.
 */
const POOLED = ['--poolings', 'exact'];
/** Spiking-FCN from what its authors draw weights from. */
const AS_ITS_AUTHORS = ['--architecture', 'spiking-fcn', '--init', 'xavier-uniform-2'];

/** A network as a job that writes its model, and how it is run. */
export interface NetworkJob {
  readonly job: Job;
  /** Options that run it as the cell says, where its model does not know. */
  readonly how: readonly string[];
  /** What a folder of results says of these options. */
  readonly suffix: string;
  /** Approximate time of a run, in passes of the U-Net. */
  readonly passes: number;
}

export function networkJob(cell: Cell, settings: Settings): NetworkJob {
  const experiment = experiments[cell.experiment];
  if (cell.kind === 'direct') {
    const job = directJob(cell, experiment, settings);
    return { job, how: [], suffix: '', passes: cell.steps * EVENT_SHARE };
  }
  const train = trainJob(cell.experiment, experiment, settings);
  if (cell.kind === 'unet') return { job: train, how: [], suffix: '', passes: 1 };
  const converted = convertJob(experiment, settings, train, cell.conversion);
  if (cell.kind === 'quantised') return { job: converted, how: ['--as-unet'], suffix: '-as-unet', passes: 1 };
  const passes = cell.steps * EVENT_SHARE;
  const how = ['--steps', String(cell.steps), ...(cell.half ? ['--v-init', 'half'] : [])];
  if (cell.kind === 'converted') return { job: converted, how, suffix: `-${stepsName(cell)}`, passes };
  return { job: finetuneJob(cell, experiment, settings, converted, how), how: [], suffix: '', passes };
}

/** The folder of everything that is made from one U-Net. */
function familyOf(name: string, { train }: Experiment, settings: Settings): string {
  const { width, seed, epochs, patches } = settings;
  const twin = settings.folderOf(train.dataset) === undefined ? '-synthetic' : '';
  const given = (letter: string, value?: Epochs) =>
    value === undefined ? '' : `-${letter}${String(value).replace('%', 'pc')}`;
  return `${name}${twin}-w${width}-s${seed}${given('e', epochs)}${given('p', patches)}`;
}

function recipeOf(recipe: Recipe, { epochs, patches }: Settings): Recipe {
  const chosen = { ...recipe, ...(patches !== undefined && { patches }) };
  return epochs === undefined ? chosen : { ...chosen, epochs: epochsOf(epochs, recipe.epochs) };
}

function trainJob(name: string, experiment: Experiment, settings: Settings): Job {
  const folder = join(familyOf(name, experiment, settings), 'unet');
  const recipe = recipeOf(experiment.recipes.train, settings);
  return {
    folder,
    command: [
      ...['train', ...networkOptions(experiment, settings)],
      ...[...recipeOptions(recipe), '--seed', String(settings.seed), '--out', folder],
    ],
    needs: [],
    macs: trainingMacs(experiment, settings, recipe, PASSES),
  };
}

/** Of a training from random weights. */
function networkOptions({ train, channels }: Experiment, settings: Settings): string[] {
  const standard = findDataset(train.dataset).channels === channels;
  const options = [...dataOptions(train, settings), '--width', String(settings.width)];
  return standard ? options : [...options, '--channels', String(channels)];
}

function directJob(
  { experiment: name, ...direct }: Cell & { readonly kind: 'direct' },
  experiment: Experiment,
  settings: Settings,
): Job {
  const { architecture, neuron, normalisation, steps } = direct;
  const folder = join(familyOf(name, experiment, settings), directName(direct));
  const recipe = recipeOf(experiment.recipes.direct, settings);
  return {
    folder,
    command: [
      ...['train', '--direct', ...(architecture === 'unet' ? POOLED : AS_ITS_AUTHORS)],
      ...['--neuron', neuron, '--steps', String(steps), '--normalise', normalisation],
      ...networkOptions(experiment, settings),
      ...[...recipeOptions(recipe), '--seed', String(settings.seed), '--out', folder],
    ],
    needs: [],
    macs: trainingMacs(experiment, settings, recipe, steps * DIRECT_PASSES),
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
    macs:
      'rounding' in conversion && conversion.rounding
        ? macsPerPixel(experiment, settings) * experiment.imagePixels * COMPENSATION_PASSES
        : 0,
  };
}

function conversionOptions(conversion: Conversion, { calibration }: Experiment): string[] {
  const draw = ('preset' in conversion && conversion.draw) || calibration;
  const images = draw ? ['--images', String(draw.images), '--seed', String(draw.seed)] : [];
  if ('preset' in conversion)
    return [
      ...['--preset', conversion.preset, '--thresholds', String(conversion.bits), ...images],
      ...(conversion.weights ? ['--bits', conversion.weights] : []),
      ...(conversion.rounding ? ['--rounding', conversion.rounding] : []),
    ];
  const { norm, neuron, thresholds } = conversion;
  const volts = thresholds ? ['--thresholds', thresholds.join(',')] : [];
  return ['--norm', norm, '--neuron', neuron, ...volts, ...images];
}

function finetuneJob(
  cell: Cell & { readonly kind: 'converted' | 'finetuned' },
  experiment: Experiment,
  settings: Settings,
  converted: Job,
  how: readonly string[],
): Job {
  const { steps, method, conversion } = cell;
  const recipe = recipeOf(finetuningRecipe(cell, experiment), settings);
  const folder = join(converted.folder, stepsName(cell));
  const overSteps = method ? steps * DIRECT_PASSES : steps * EVENT_SHARE + PASSES - 1;
  const passes = isWhole(conversion) ? WHOLE_PASSES : overSteps;
  return {
    folder,
    command: [
      ...['finetune', '--model', modelOf(converted), ...how, ...dataOptions(experiment.train, settings)],
      ...(method ? ['--method', method] : []),
      ...[...recipeOptions(recipe), '--seed', String(settings.seed), '--out', folder],
    ],
    needs: [converted],
    macs: trainingMacs(experiment, settings, recipe, passes),
  };
}

function finetuningRecipe(
  { steps, conversion }: Cell & { readonly kind: 'converted' | 'finetuned' },
  { recipes, steps: usual }: Experiment,
): Recipe {
  if (isWhole(conversion)) return recipes.wholeNumbers;
  return (steps === usual ? recipes.atPaperSteps : undefined) ?? recipes.finetune;
}

function isWhole(conversion: Conversion): boolean {
  return 'weights' in conversion && conversion.weights !== undefined;
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
