#!/usr/bin/env node
/** `spiking-unet convert`: turns a trained U-Net into a spiking network (section 3.3 of the paper). */

import { normaliseModel } from '../lib/convert/normalise.js';
import { normalisations } from '../lib/convert/scales.js';
import { type CalibrationImage, measureLambdas } from '../lib/convert/statistics.js';
import { readImageFolder } from '../lib/image/dataset/folder.js';
import { findDataset } from '../lib/image/dataset/index.js';
import { findNeuron, neurons } from '../lib/spike/neuron/index.js';
import type { Reset } from '../lib/spike/neuron/neuron.js';
import { withNeurons } from '../lib/spike/spikingModel.js';
import { UsageError } from '../lib/tensor/error.js';
import { writeFileAtomic } from '../lib/tensor/files.js';
import { hasNeuron } from '../lib/unet/forward.js';
import { encodeModel, type Model } from '../lib/unet/model.js';
import { addDataOptions, type DataOptions, loadSamples, requireFitting } from './cli/data.js';
import { imageChannels, loadModel } from './cli/model.js';
import { addPotentialOption, initialPotential, number, numberList, oneOf, positive } from './cli/parse.js';
import { addProfileOptions, type ProfileOptions, resolveProfile } from './cli/profile.js';
import { runStage, type SharedOptions } from './cli/stage.js';
import { table } from './cli/table.js';

interface Options extends Partial<DataOptions>, ProfileOptions, SharedOptions {
  readonly model: string;
  readonly out: string;
  readonly norm: string;
  readonly percentile: number;
  readonly neuron: string;
  readonly thresholds?: number[];
  readonly spikeValues?: number[];
  readonly leak?: number;
  readonly reset?: Reset;
  readonly vInit: number | 'half';
  readonly calibration?: string;
}

await runStage<Options>({
  name: 'convert',
  summary: 'Convert a U-Net into a spiking network.',
  examples: [
    [
      'convert --model runs/drive/checkpoints/best.safetensors --dataset drive --data ~/DRIVE --out snn.safetensors',
      'calibrated on the training images',
    ],
    [
      'convert --model ann.safetensors --calibration photos/ --norm layer --neuron if --out snn.safetensors',
      'on a folder of pictures, layer-wise, one threshold',
    ],
    [
      'convert --model ann.safetensors --dataset synth-drive --v-init half --out snn.safetensors',
      'membranes that round instead of truncating',
    ],
  ],
  configure(command) {
    addDataOptions(command);
    command
      .requiredOption('--model <file>', 'the U-Net')
      .requiredOption('--out <file>', 'the spiking network to write')
      .option('--calibration <dir>', 'measure on the images of a plain folder instead of a data set')
      .option('--norm <name>', Object.keys(normalisations).join(' or '), 'connection')
      .option('--percentile <p>', 'percentile of the activations that becomes lambda', positive, 99.9)
      .option(
        '--neuron <name>',
        Object.entries(neurons)
          .map(([key, { summary }]) => `${key}: ${summary}`)
          .join('; '),
        'mt',
      )
      .option(
        '--thresholds <list>',
        "in volts, from high to low (default: the neuron's; mt: 2,1,0.5,0.25)",
        numberList,
      )
      .option(
        '--spike-values <list>',
        'what a spike of each threshold is worth, in volts (default: its threshold; ml: divided by their number)',
        numberList,
      )
      .option(
        '--leak <factor>',
        'part of the membrane potential left a step later (lif: 0.99, else 1)',
        number,
      )
      .option(
        '--reset <kind>',
        'soft (by subtraction) or hard (to zero), where the neuron has both',
        oneOf('soft', 'hard'),
      );
    addPotentialOption(command, '0');
    addProfileOptions(command, 'layerInput', 'slices');
  },
  run(options, context) {
    const { model, hash } = loadModel(options.model);
    const images = calibrationImages(options, model);
    const bar = context.progress('measuring', images.length);
    const lambdas = measureLambdas(context.kernels, model, images, options.percentile, bar.update);
    const thresholds = options.thresholds ?? findNeuron(options.neuron).defaultThresholds;
    const { layerInput, slices } = resolveProfile(options);
    const network = normaliseModel(model, lambdas, options.norm, { layerInput, slices });
    const spiking = withNeurons({ ...model, notes: { ...model.notes, parent: hash } }, network, {
      neuron: options.neuron,
      thresholds,
      spikeValues: options.spikeValues,
      leak: options.leak,
      reset: options.reset,
      initialPotential: initialPotential(options.vInit, thresholds),
      normalisation: options.norm,
      percentile: options.percentile,
      layerInput,
      slices,
    });
    writeFileAtomic(options.out, encodeModel(spiking));
    const layers = network.scales.map(({ layer, lambdaIn, lambdaOut }) => ({
      name: layer.name,
      lambdaIn,
      lambdaOut,
      neuron: hasNeuron(layer) ? options.neuron : 'none (read-out)',
    }));
    return {
      json: { model: options.out, ...spiking.conversion, images: images.length, layers },
      text: `${table(
        ['layer', 'lambda in', 'lambda out', 'neuron'],
        layers.map((row) => [
          row.name,
          row.lambdaIn.map(short).join(' | '),
          short(row.lambdaOut),
          row.neuron,
        ]),
      )}\n${options.out}: ${options.norm}-wise, measured on ${images.length} images`,
    };
  },
});

/** All images of the folder, or of the data set's training split. */
function calibrationImages(options: Options, model: Model): readonly CalibrationImage[] {
  const channels = imageChannels(model);
  if (options.calibration !== undefined) return readImageFolder(options.calibration, channels);
  if (options.dataset === undefined)
    throw new UsageError('what to measure on? Give --dataset or --calibration');
  requireFitting(findDataset(options.dataset), model);
  return loadSamples({ ...options, dataset: options.dataset }, 'train', { channels });
}

function short(value: number): string {
  return value.toPrecision(4);
}
