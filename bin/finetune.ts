#!/usr/bin/env node
/**
 * `spiking-unet finetune`: trains a spiking network by accumulated spiking flow (Algorithm 1 of the paper) or
 * through time.
 */

import { numbersToLearn } from '../lib/convert/keptNumbers.js';
import { formatNotes } from '../lib/convert/notes.js';
import { type SpikingModel, toTrainableModel } from '../lib/convert/spikingModel.js';
import { UsageError } from '../lib/core/error.js';
import { findDataset } from '../lib/data/index.js';
import type { BitWidths } from '../lib/integer/bitWidths.js';
import { derivativeFor } from '../lib/neuron/derivative.js';
import { type AsfChoices, departuresOf } from '../lib/official/asfChoices.js';
import { finetuningStart, prepareFinetuning } from '../lib/train/finetuneSpiking.js';
import { FINETUNING } from '../lib/train/learning.js';
import {
  findSpikingMethod,
  type SpikingLearning,
  spikingMethods,
  widthsOf,
} from '../lib/train/spikingMethods.js';
import { knownBits, membraneBitsOption } from './cli/bitsOption.js';
import {
  addDataOptions,
  addIgnoreOption,
  type DataOptions,
  fitOf,
  loadSamples,
  requireFitting,
  requireOwnClasses,
} from './cli/dataOptions.js';
import { addSurrogateOptions, type SurrogateOptions } from './cli/directOptions.js';
import { writeGradients } from './cli/gradients.js';
import { addTrainingMemoryOption, announceTraining, type TrainingMemoryOption } from './cli/memoryToTrain.js';
import { addSimulationOptions, loadModel, type SimulationOptions, spikingModel } from './cli/modelOptions.js';
import { flagOf } from './cli/optionNames.js';
import { oneOf } from './cli/parse.js';
import { resolveProfile } from './cli/profile.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import {
  addTrainingOptions,
  learningOptions,
  type TrainingCommand,
  trainAndReport,
} from './cli/trainingOptions.js';

interface Options
  extends Partial<DataOptions>,
    TrainingCommand,
    SimulationOptions,
    SurrogateOptions,
    TrainingMemoryOption,
    SharedOptions {
  readonly model: string;
  readonly method: string;
  readonly logits?: AsfChoices['logits'];
  readonly gate?: AsfChoices['gate'];
  readonly bits?: BitWidths;
  readonly membraneBits?: number;
  readonly image?: string;
  readonly label?: string;
  readonly gradients?: string;
  readonly ignore?: number;
}

/** The flags that an option of the library is made of; which method has which option, its table says. */
const FLAGS: Readonly<Partial<Record<keyof SpikingLearning, readonly (keyof Options)[]>>> = {
  pieces: ['logits', 'flowBias', 'flow', 'gate'],
  bits: ['bits'],
  membraneBits: ['membraneBits'],
  derivative: ['surrogate', 'resetGradient', 'memory'], // only it announces what it needs
};

const stage: Stage<Options> = {
  name: 'finetune',
  summary: 'Fine-tune a spiking network with ASF-BP, or through time.',
  examples: [
    [
      'finetune --model snn.safetensors --dataset drive --data ~/DRIVE --steps 10 --patches 1600 --out runs/fine',
      '200 updates of 8 patches',
    ],
    [
      'finetune --model snn.safetensors --image X.png --label Y.png --steps 10 --gradients G.safetensors',
      'gradients of one sample, no update',
    ],
    [
      'finetune --method bptt --model snn.safetensors --dataset drive --data ~/DRIVE --steps 2 --out runs/fine',
      'with surrogate gradients through time',
    ],
    [
      'finetune --model snn.safetensors --bits 4 --gate bounded --dataset drive --data ~/DRIVE --out runs/int4',
      'a network in whole numbers, with weights of 4 bits',
    ],
    [
      'finetune --model int4.safetensors --dataset camseq01 --data ~/CamSeq01 --lr 3e-4 --out runs/int4',
      'one that "convert --bits 4 --rounding compensated" has made; it keeps its bits',
    ],
  ],
  configure(command) {
    addDataOptions(command);
    addSimulationOptions(command, 'flowBias', 'flow');
    command
      .requiredOption('--model <file>', 'the spiking network: a file, or the name of a bundled model')
      .option(
        '--logits <kind>',
        'I_in of the last layer as its mean over the steps (default), or its sum (Eq. 11)',
        oneOf('mean', 'sum'),
      )
      .option(
        '--gate <kind>',
        'p of a neuron: positive, 1 where I_in > 0 (default), or bounded, and where it can fire more',
        oneOf('positive', 'bounded'),
      )
      .option(
        '--bits <b>',
        'learn through the rounding of weights to whole numbers of b bits, which the best model then has; also by layer: 4,conv1=8',
        knownBits,
      )
      .addOption(membraneBitsOption());
    addIgnoreOption(command);
    addTrainingOptions(command, FINETUNING, FINETUNING.patch.perEpoch);
    const methods = Object.entries(spikingMethods).map(([name, { summary }]) => `${name}: ${summary}`);
    command.option('--method <name>', methods.join('; '), oneOf(...Object.keys(spikingMethods)), 'asf');
    addSurrogateOptions(command, 'with --method bptt: ');
    addTrainingMemoryOption(command, 'with --method bptt: ');
    command
      .option('--image <file>', 'one picture, with --label and --gradients: print the loss, update nothing')
      .option('--label <file>', 'its class ids as grey values; for denoising the clean picture')
      .option('--gradients <file>', 'where to write grad.conv1.weight .. in PyTorch layout');
  },
  run(options, context) {
    const { model, hash } = loadModel(options.model);
    const { spiking, steps } = spikingModel(model, options, options.model, toTrainableModel);
    const { about, ...own } = methodOptions(options, spiking);
    const { gradients, bits, membraneBits, mode } = options;
    const numbers = numbersToLearn(model, options.model, { ...bits, membraneBits });
    const learning = { steps, mode, ...numbers, ...own };
    if (gradients !== undefined) {
      const method = findSpikingMethod(options.method, learning);
      return writeGradients(
        context.engine,
        spiking,
        { method, about: { steps, ...formatNotes(widthsOf(learning) ?? {}), ...about } },
        options,
        gradients,
      );
    }
    if (options.dataset === undefined)
      throw new UsageError('what to train on? Give --dataset (or --image, --label, --gradients)');
    const dataset = findDataset(options.dataset);
    requireOwnClasses(dataset, { ignore: options.ignore });
    const named = { ...options, dataset: options.dataset };
    requireFitting(named, model);
    const samples = loadSamples(named, 'train', fitOf(model, 'needed', options.ignore), context);
    const seed = String(options.seed);
    const notes = { parent: hash, seed, dataset: dataset.name, split: 'train' };
    const start = finetuningStart(spiking, steps, notes);
    const resolved = { ...options, steps };
    const how = { method: options.method, ...learningOptions(options, dataset) };
    const prepared = prepareFinetuning(start, samples, learning, how);
    if (options.method === 'bptt') announceTraining(start, prepared, steps, options, context);
    return trainAndReport({ options: resolved, context, prepared });
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** Refuses flags that only other methods have (UsageError). */
function requireOwnFlags(options: Options): void {
  for (const option of spikingMethods[options.method].foreign) {
    const given = FLAGS[option]?.find((flag) => options[flag] !== undefined);
    if (given === undefined) continue;
    const [owner] = Object.entries(spikingMethods).find(([, { foreign }]) => !foreign.includes(option))!;
    throw new UsageError(`${flagOf(given)}: belongs to --method ${owner}: leave it out, or choose that`);
  }
}

/** The options of a method in the library's form, and as files name them; UsageError for those of others. */
function methodOptions(options: Options, { neuron }: SpikingModel) {
  const { method, surrogate, resetGradient, logits = 'mean', gate = 'positive' } = options;
  requireOwnFlags(options);
  if (method === 'asf') {
    const { flowBias, flow } = resolveProfile(options);
    const choices = { logits, flowBias, flow, gate };
    return { pieces: departuresOf(choices), about: choices };
  }
  const derivative = derivativeFor(neuron, surrogate, resetGradient);
  return { derivative, about: { surrogate: derivative.surrogate.name, resetGradient: derivative.reset } };
}
