#!/usr/bin/env node
/**
 * `spiking-unet ablate`: what each choice changes that the paper leaves open or that the authors' code makes
 * differently.
 */

import { calibrationInputs } from '../lib/convert/calibration.js';
import { measureLambdas } from '../lib/convert/statistics.js';
import { findDataset } from '../lib/data/index.js';
import { scoreName } from '../lib/measure/evaluateTask.js';
import { type AblationRow, ablate, variants } from '../lib/train/ablation.js';
import { addDataOptions, type DataOptions, fitOf, loadSamples, requireFitting } from './cli/dataOptions.js';
import { loadModel } from './cli/modelOptions.js';
import { count, greyLevels, positive, stepCount } from './cli/parse.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table, thousands } from './cli/table.js';

interface Options extends DataOptions, SharedOptions {
  readonly model: string;
  readonly steps: number;
  readonly percentile: number;
  readonly images: number;
  readonly sigma: number;
}

/** Names of variants that are an option with its value. */
const OPTION = /^(slices|flow|flow-bias|logits|cut|area|v-init|neuron|profile|norm|layer-input) /;

const stage: Stage<Options> = {
  name: 'ablate',
  summary: 'Show what each ambiguity of the paper, and each departure of its code, changes in the result.',
  examples: [
    ['ablate --model ann.safetensors --dataset drive --data ~/DRIVE', 'on the first test image'],
    ['ablate --model ann.safetensors --dataset synth-drive --images 3 --steps 4', 'drawn images, T = 4'],
  ],
  configure(command) {
    addDataOptions(command, 'synth-drive');
    command
      .requiredOption(
        '--model <file>',
        'the U-Net that each variant is converted from: a file, or the name of a bundled model',
      )
      .option('--steps <T>', 'time steps', stepCount, 10)
      .option('--percentile <p>', 'percentile of the activations that becomes lambda', positive, 99.9)
      .option('--images <n>', 'how many of the test images to run', count, 1)
      .option('--sigma <levels>', 'noise that a denoiser has to remove, in grey levels', greyLevels, 25);
  },
  run(options, { engine, progress, log }) {
    const { model: unet } = loadModel(options.model, true);
    const dataset = findDataset(options.dataset);
    requireFitting(options, unet);
    const { steps, percentile, sigma, seed } = options;
    const { task } = unet.configuration;
    const fit = fitOf(unet, 'needed');
    const calibration = calibrationInputs(loadSamples(options, 'train', fit, { log }), task, seed);
    const samples = loadSamples(options, 'test', fit, { log }).slice(0, options.images);
    const measuring = progress('measuring', calibration.length);
    const lambdas = measureLambdas(engine, unet, calibration, percentile, measuring.update);
    const trying = progress('variants', variants.length);
    const variation = { unet, lambdas, samples, patchSize: dataset.patch.size, steps, sigma, seed };
    const rows = ablate(engine, variation, trying.update).map((row) => ({
      ...row,
      name: asOptions(row.name),
      against: asOptions(row.against),
    }));
    const score = scoreName(unet);
    return { json: { steps, images: samples.length, score, rows }, text: format(rows, score) };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** A variant's name, such as "flow gated", as the options that choose it. */
function asOptions(name: string): string {
  const parts = name.split(', ');
  return parts.map((part) => (OPTION.test(part) ? `--${part}` : part)).join(' ');
}

function format(rows: readonly AblationRow[], score: string): string {
  const change = (value: number) => (Number.isNaN(value) ? '-' : value === 0 ? '0' : value.toPrecision(2));
  return `${table(
    ['variant', 'against', score, 'spikes', 'output', 'loss', 'gradient'],
    rows.map((row) => [
      row.name,
      row.name === row.against ? '' : row.against,
      row.score.toFixed(4),
      thousands(row.spikes),
      change(row.outputChange),
      row.loss.toPrecision(4),
      change(row.gradientChange),
    ]),
  )}\noutput, gradient: relative L2 distance to the variant under "against"; loss and gradient on one patch`;
}
