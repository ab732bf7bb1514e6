#!/usr/bin/env node
/**
 * `spiking-unet convert`: turns a trained U-Net into a spiking network (section 3.3 of the paper, and more).
 */

import { CONVERSION, planOf, ROUNDINGS } from '../lib/convert/convertOptions.js';
import { presets } from '../lib/convert/presets.js';
import { normalisations } from '../lib/convert/scales.js';
import { combine, toUnet } from '../lib/convert/spikingModel.js';
import { UsageError } from '../lib/core/error.js';
import { convertByPlan, type OnProgress } from '../lib/diagnose/convertUnet.js';
import { decodeModel, encodeModel, type Model } from '../lib/model/model.js';
import { neurons } from '../lib/neuron/index.js';
import { writeFileAtomic } from '../lib/node/files.js';
import { bitsOption, membraneBitsOption } from './cli/bitsOption.js';
import { addDataOptions } from './cli/dataOptions.js';
import { readModel } from './cli/modelOptions.js';
import { addNeuronOptions } from './cli/neuronOptions.js';
import { addPotentialOption, count, nonNegative, oneOf, positive, stepCount } from './cli/parse.js';
import { addProfileOptions } from './cli/profile.js';
import { type Context, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thresholdOption } from './cli/thresholdOption.js';
import { type CalibrationOptions, calibrationSet } from './convert/calibrationSet.js';
import { check } from './convert/checkTable.js';
import { conversionReport } from './convert/conversionReport.js';
import { type PlanCommand, planOptions } from './convert/planOptions.js';

interface Options extends CalibrationOptions, PlanCommand, SharedOptions {
  readonly model: string;
  readonly out: string;
  readonly as: 'snn' | 'both';
  readonly check: boolean;
  readonly steps?: number;
  readonly weights: 'float32' | 'bfloat16';
}

const stage: Stage<Options> = {
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
    [
      'convert --model ann.safetensors --dataset drive --data ~/DRIVE --out snn.safetensors --check',
      'and show which layers lose accuracy',
    ],
    [
      'convert --model ann.safetensors --preset one-step --thresholds auto --dataset camseq01 --out snn.safetensors',
      'from 2 to 8 thresholds in each layer, as few spikes as the tolerance allows',
    ],
    [
      'convert --model drive --preset one-step --bits 8 --dataset drive --data ~/DRIVE --out int8.safetensors',
      'in whole numbers, with weights of 8 bits',
    ],
    [
      'convert --model drive --preset one-step --bits 4 --rounding compensated --dataset drive --data ~/DRIVE --out int4.safetensors',
      'with weights of 4 bits, which are rounded for what the layers read',
    ],
    [
      'convert --model camseq01 --preset one-step --bits auto --dataset camseq01 --data ~/CamSeq01 --out whole.safetensors',
      'in each layer as few bits as the tolerance allows',
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
      .option('--preset <name>', described(presets), oneOf(...Object.keys(presets)), CONVERSION.preset)
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
        'percentile, or mse: for each channel the lambda with the least squared error',
        oneOf('percentile', 'mse'),
        CONVERSION.lambda,
      )
      .option(
        '--lambda-floor <part>',
        "no channel's lambda is smaller than this part of the largest of its layer (default: 0; with --bits 2^((4-b)/2), compensated 2^(-b/2))",
        nonNegative,
      )
      .option('--neuron <name>', described(neurons), CONVERSION.neuron)
      .option(
        '--thresholds <list>',
        "how many (then 0.5, 0.25, ..), or volts from high to low, also by layer: 5,relu16=8,relu17=0.5:0.25; or auto (default: the preset's)",
        thresholdOption,
      )
      .option(
        '--tolerance <x>',
        `of --thresholds auto: share of the pixels whose class may differ from the U-Net (${CONVERSION.tolerance.segment}), or dB lost (${CONVERSION.tolerance.denoise}); of --bits auto: so many more than of the network in float32`,
        nonNegative,
      )
      .option(
        '--poolings <kind>',
        'neurons, or exact: poolings pass on the mean of the spikes that they read',
        oneOf('neurons', 'exact'),
        CONVERSION.poolings,
      )
      .option(
        '--bits <b>',
        'weights as whole numbers of b bits, membranes and sums as whole numbers of 32: exact everywhere, as on a chip; also by layer: 8,conv17=10; or auto',
        bitsOption,
      )
      .addOption(membraneBitsOption())
      .option(
        '--rounding <kind>',
        'with --bits: nearest, or compensated: the weights of a channel make up for the errors of each other on the images (minutes at width 8)',
        oneOf(...ROUNDINGS),
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
    command
      .option('--check', 'show layer by layer where accuracy is lost, on some of the images', false)
      .option('--steps <T>', 'time steps of --check (default: those it is made for)', stepCount);
    addNeuronOptions(command, neurons);
    addPotentialOption(command);
    addProfileOptions(command, 'layerInput', 'slices');
  },
  run(options, context) {
    const plan = planOf(planOptions(options));
    if (options.steps !== undefined && !options.check)
      throw new UsageError('--steps: belongs to --check, a conversion has none: leave it out');
    if (options.bits !== undefined && options.as === 'both')
      throw new UsageError(
        '--bits: whole numbers are no U-Net, as --as both would say: leave one of them out',
      );
    if (options.bits !== undefined && options.check)
      throw new UsageError(
        '--check: lets single layers spike among others that do not, which whole numbers cannot: leave --bits out',
      );
    if (options.check && options.noisy)
      throw new UsageError(
        '--check: --noisy pictures have nothing to be compared with: leave one of them out',
      );
    const { model, hash } = readModel(options.model);
    const unet = withWeights(toUnet(model, options.model), options);
    const calibration = calibrationSet(options, unet, context);
    const parent = { ...unet, notes: { ...unet.notes, parent: hash } };
    const onProgress = progressBars(context);
    const converted = convertByPlan(context.engine, parent, calibration.inputs, plan, onProgress);
    const { spiking } = converted;
    const written = options.as === 'both' ? combine(unet, spiking) : spiking;
    writeFileAtomic(options.out, encodeModel(written, undefined, options.weights));
    const checked = options.check ? check(unet, spiking, calibration, options, context) : undefined;
    return conversionReport(options.out, converted, calibration, checked);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** A progress bar for each part of the work. */
function progressBars({ progress }: Context): OnProgress {
  const bars = new Map<string, ReturnType<Context['progress']>>();
  return (what, done, total) => {
    const bar = bars.get(what) ?? progress(what, total);
    bars.set(what, bar);
    if (done > 0) bar.update(done);
  };
}

/** The U-Net as the file will hold it; UsageError where --weights cannot apply to this file. */
function withWeights(unet: Model, { as, weights, model }: Options): Model {
  if (weights === 'float32') return unet;
  if (as !== 'both')
    throw new UsageError('--weights bfloat16: would round what is normalised already: add --as both');
  return decodeModel(encodeModel(unet, undefined, weights), model).model;
}
