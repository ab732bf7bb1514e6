#!/usr/bin/env node
/** `spiking-unet convert`: turns a trained U-Net into a spiking network (section 3.3 of the paper, and beyond it). */

import { measureMseLambdas } from '../lib/convert/mse.js';
import { normalisations } from '../lib/convert/scales.js';
import { measureActivations } from '../lib/convert/statistics.js';
import { type ConversionPlan, convertModel, USUAL_PERCENTILE } from '../lib/spike/conversion.js';
import { findNeuron, neurons } from '../lib/spike/neuron/index.js';
import type { Reset } from '../lib/spike/neuron/neuron.js';
import { combine, type SpikingModel, toUnet } from '../lib/spike/spikingModel.js';
import { UsageError } from '../lib/tensor/error.js';
import { writeFileAtomic } from '../lib/tensor/files.js';
import { hasNeuron } from '../lib/unet/forward.js';
import { decodeModel, encodeModel, type Model } from '../lib/unet/model.js';
import { addDataOptions } from './cli/data.js';
import { readModel } from './cli/model.js';
import { addPotentialOption, count, number, numberList, oneOf, positive } from './cli/parse.js';
import { addProfileOptions, type ProfileOptions, resolveProfile } from './cli/profile.js';
import { type Context, runStage, type SharedOptions } from './cli/stage.js';
import { table } from './cli/table.js';
import { type CalibrationOptions, type CalibrationSet, calibrationSet } from './convert/calibrationSet.js';
import { presets } from './convert/presets.js';
import { resolveThresholds, type ThresholdOption, thresholdOption } from './convert/thresholdOption.js';

interface Options extends CalibrationOptions, ProfileOptions, SharedOptions {
  readonly model: string;
  readonly out: string;
  readonly preset: string;
  readonly as: 'snn' | 'both';
  readonly weights: 'float32' | 'bfloat16';
  readonly norm?: string;
  readonly percentile?: number;
  readonly lambda: 'percentile' | 'mse';
  readonly neuron: string;
  readonly thresholds?: ThresholdOption;
  readonly spikeValues?: number[];
  readonly leak?: number;
  readonly reset?: Reset;
  readonly vInit?: number | 'half';
  readonly poolings: 'neurons' | 'exact';
}

await runStage<Options>({
  name: 'convert',
  summary: 'Convert a U-Net into a spiking network.',
  examples: [
    [
      'convert --model runs/drive/checkpoints/best.safetensors --preset one-step --dataset drive --data ~/DRIVE --out snn.safetensors',
      'for one time step and no training, calibrated on the training images',
    ],
    [
      'convert --model ann.safetensors --dataset drive --data ~/DRIVE --out snn.safetensors',
      "the paper's conversion, to be fine-tuned",
    ],
    [
      'convert --model ann.safetensors --calibration photos/ --norm layer --neuron if --out snn.safetensors',
      'on a folder of pictures, layer-wise, one threshold',
    ],
    [
      'convert --model ann.safetensors --preset one-step --thresholds 5,relu17=8,relu18=8 --dataset camseq01 --out snn.safetensors',
      'more thresholds where they matter',
    ],
  ],
  configure(command) {
    addDataOptions(command);
    const described = (entries: Readonly<Record<string, { readonly summary: string }>>) =>
      Object.entries(entries)
        .map(([key, { summary }]) => `${key}: ${summary}`)
        .join('; ');
    command
      .requiredOption('--model <file>', 'the U-Net: a file, or the name of a bundled model')
      .requiredOption('--out <file>', 'the spiking network to write')
      .option('--preset <name>', described(presets), oneOf(...Object.keys(presets)), 'paper')
      .option('--calibration <dir>', 'measure on the images of a plain folder instead of a data set')
      .option(
        '--noisy',
        'a denoiser: the images of --calibration are noisy already; no noise is added',
        false,
      )
      .option('--images <n>', 'measure on n images, drawn with --seed (default: all)', count)
      .option('--norm <name>', `${Object.keys(normalisations).join(' or ')} (default: the preset's)`)
      .option(
        '--percentile <p>',
        "of the activations, becomes lambda (default: the preset's; one-step: 99.9, from 7 thresholds on 99.99)",
        positive,
      )
      .option(
        '--lambda <kind>',
        'percentile, or mse: the lambdas of the channels that lose least',
        oneOf('percentile', 'mse'),
        'percentile',
      )
      .option('--neuron <name>', described(neurons), 'mt')
      .option(
        '--thresholds <list>',
        "how many (then 0.5, 0.25, ..), or volts from high to low, also by layer: 5,relu16=8,relu17=0.5:0.25 (default: the preset's)",
        thresholdOption,
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
      )
      .option(
        '--poolings <kind>',
        'neurons, or exact: poolings hand on the mean of the spikes that they read',
        oneOf('neurons', 'exact'),
        'neurons',
      )
      .option(
        '--as <kind>',
        'snn: a spiking network; both: the U-Net with all that makes one of it, in one file',
        oneOf('snn', 'both'),
        'snn',
      )
      .option(
        '--weights <kind>',
        'with --as both: float32, or bfloat16, which halves the file; lambdas are measured on the rounded U-Net',
        oneOf('float32', 'bfloat16'),
        'float32',
      );
    addPotentialOption(command);
    addProfileOptions(command, 'layerInput', 'slices');
  },
  run(options, context) {
    const { model, hash } = readModel(options.model);
    const unet = withWeights(toUnet(model, options.model), options);
    const calibration = calibrationSet(options, unet);
    const spiking = convert(
      { ...unet, notes: { ...unet.notes, parent: hash } },
      calibration,
      options,
      context,
    );
    const written = options.as === 'both' ? combine(unet, spiking) : spiking;
    writeFileAtomic(options.out, encodeModel(written, undefined, options.weights));
    return report(spiking, calibration, options);
  },
});

/** The U-Net as the file will hold it; UsageError where its weights are not what the file holds. */
function withWeights(unet: Model, { as, weights, model }: Options): Model {
  if (weights === 'float32') return unet;
  if (as !== 'both')
    throw new UsageError('--weights bfloat16: would round what is normalised already: add --as both');
  return decodeModel(encodeModel(unet, undefined, weights), model).model;
}

function convert(unet: Model, { inputs }: CalibrationSet, options: Options, context: Context): SpikingModel {
  const plan = planOf(options);
  const channelWise = plan.normalisation === 'channel';
  if (options.lambda === 'mse' && !channelWise)
    throw new UsageError('--lambda mse: chooses the lambdas of channels: add --norm channel');
  const lowest = plan.percentile ?? USUAL_PERCENTILE;
  const bar = context.progress('measuring', inputs.length);
  const { kernels } = context;
  const measured = measureActivations(kernels, unet, inputs, lowest, channelWise, bar.update);
  if (options.lambda === 'percentile') return convertModel(unet, measured, plan);
  const counting = context.progress('counting', inputs.length);
  const channelLambdas = measureMseLambdas(kernels, unet, inputs, measured, counting.update);
  return convertModel(unet, measured, { ...plan, channelLambdas });
}

/** Each option as it is given, or else the preset's. */
function planOf(options: Options): ConversionPlan {
  const preset = presets[options.preset];
  const { neuron, spikeValues, leak, reset, poolings } = options;
  const { layerInput, slices } = resolveProfile(options);
  const byPreset = preset.thresholds === undefined ? undefined : thresholdOption(preset.thresholds);
  const given = {
    byLayer: new Map(),
    ...options.thresholds,
    common: options.thresholds?.common ?? byPreset?.common,
  };
  const { thresholds, thresholdsOf } = resolveThresholds(given, neuron);
  if (spikeValues && Object.keys(thresholdsOf).length > 0)
    throw new UsageError(
      '--spike-values: belong to the thresholds of all layers, which differ here: leave them out',
    );
  return {
    ...{ neuron, spikeValues, leak, reset, poolings, layerInput, slices },
    thresholds: thresholds ?? findNeuron(neuron).defaultThresholds,
    thresholdsOf: Object.keys(thresholdsOf).length > 0 ? thresholdsOf : undefined,
    initialPotential: options.vInit ?? preset.vInit,
    normalisation: options.norm ?? preset.norm,
    percentile: options.percentile ?? preset.percentile,
    intendedSteps: preset.steps,
  };
}

function report(spiking: SpikingModel, { inputs, description }: CalibrationSet, options: Options) {
  const { conversion, channelLambdas } = spiking;
  const { thresholds, thresholdsOf, normalisation, inputLambdas, lambdas } = conversion;
  const layers = spiking.layers.map((layer) => ({
    name: layer.name,
    lambdaIn: inputLambdas[layer.name],
    lambdaOut: lambdas[layer.name],
    ...(channelLambdas?.has(layer.output) && { channelLambdas: [...channelLambdas.get(layer.output)!] }),
    thresholds: hasNeuron(layer) ? (thresholdsOf?.[layer.output] ?? thresholds).length : 0,
    neuron: hasNeuron(layer) ? options.neuron : 'none (read-out)',
  }));
  const rows = layers.map(({ name, lambdaIn, lambdaOut, channelLambdas, thresholds, neuron }) => [
    name,
    lambdaIn.map(short).join(' | '),
    channelLambdas ? rangeOf(channelLambdas) : short(lambdaOut),
    thresholds > 0 ? `${neuron}, ${thresholds}` : neuron,
  ]);
  return {
    json: { model: options.out, ...conversion, images: inputs.length, calibration: description, layers },
    text: `${table(['layer', 'lambda in', 'lambda out', 'neuron, thresholds'], rows)}
${options.out}: ${normalisation}-wise, measured on ${description}`,
  };
}

function rangeOf(lambdas: readonly number[]): string {
  return `${short(Math.min(...lambdas))} .. ${short(Math.max(...lambdas))}`;
}

function short(value: number): string {
  return value.toPrecision(4);
}
