#!/usr/bin/env node
/** `spiking-unet run`: runs a U-Net or a spiking network on pictures. */

import { basename } from 'node:path';
import { DataError, UsageError } from '../lib/core/error.js';
import type { Model } from '../lib/model/model.js';
import { type Input, inputsOf, STANDARD_NAME } from './cli/inputs.js';
import {
  addMemoryOption,
  addSimulationOptions,
  addTimingOption,
  addUnetOption,
  describeSteps,
  loadModel,
  type UnetOption,
} from './cli/modelOptions.js';
import { distinctNames } from './cli/names.js';
import { type Failure, type PictureOptions, type Ran, runPicture } from './cli/onePicture.js';
import { type Runnable, withModel } from './cli/runnable.js';
import { type Context, type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thousands } from './cli/table.js';
import { addJobsOption, type JobsOptions } from './share/jobsOptions.js';
import { runShared, serveRun } from './share/sharedRun.js';

interface Options extends PictureOptions, UnetOption, JobsOptions, SharedOptions {
  readonly model: string;
  readonly image: string[];
}

const stage: Stage<Options> = {
  name: 'run',
  summary: 'Run a U-Net or a spiking network on pictures of any size.',
  examples: [
    [
      'run --model snn.safetensors --image eye1.tif eye2.tif --steps 10 --out out',
      'masks, overlays and class ids as PNG in out/',
    ],
    [
      'run --model drive --image photographs --probability',
      'a folder of pictures, with probabilities as .npy',
    ],
    [
      'run --model drive --image photographs --out out --jobs 4',
      'in four processes; the same command on machines that see out/ takes a part of the work',
    ],
    ['cat eye.png | spiking-unet run --model drive --image -', 'a picture from standard input'],
    [
      'run --model snn.safetensors --image eye1.png --out out --dump spikes.safetensors',
      'with flows and spike counts',
    ],
    [
      'run --model snn.safetensors --image eye1.png --out out --dump all.safetensors --trace',
      'with every step of every neuron, to "compare" with another simulator',
    ],
  ],
  configure(command) {
    addSimulationOptions(command);
    addTimingOption(command);
    addMemoryOption(command);
    addUnetOption(command);
    addJobsOption(command, 'the work in --out');
    command
      .requiredOption(
        '--model <file>',
        'a U-Net or a spiking network: a file, or the name of a bundled model',
      )
      .requiredOption(
        '--image <files...>',
        'pictures (PNG, JPEG, TIFF or GIF): files, folders, quoted patterns such as "a/*.png", or - for standard input',
      )
      .option('--out <dir>', 'folder for the results', 'out')
      .option('--probability', 'also write the probabilities of the classes: PNG of 16 bits, and .npy', false)
      .option('--dump <file>', 'write input, output, flow.NAME and spikes.NAME of one picture (safetensors)')
      .option('--trace', 'dump also spike.NAME and membrane.NAME: each neuron in each step');
  },
  async run(options, context) {
    const loaded = loadModel(options.model, options.unet);
    if (options.partOf !== undefined) return serveRun(options, context, loaded);
    const inputs = inputsOf(options.image, options.memory * 2 ** 20);
    checkOptions(options, loaded.model, inputs);
    const ran =
      options.jobs === undefined
        ? runHere(options, context, loaded.model, inputs)
        : await runShared(options, context, loaded, inputs);
    return resultOf(ran, options);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** Refuses options that do not apply to this model, or to several pictures (UsageError). */
function checkOptions(
  { dump, trace, probability, jobs, ...options }: Options,
  model: Model,
  inputs: readonly Input[],
): void {
  if (jobs !== undefined && dump !== undefined)
    throw new UsageError('--dump holds one picture: leave out --jobs');
  if (jobs !== undefined && inputs.some(({ file }) => file === STANDARD_NAME))
    throw new UsageError('--jobs: other processes cannot read standard input: name files or folders');
  if (dump !== undefined && inputs.length > 1)
    throw new UsageError(`--dump holds one picture, got ${inputs.length}`);
  if (trace && dump === undefined)
    throw new UsageError('--trace: add --dump FILE, the file to write the steps to');
  if (trace && model.stage === 'ann')
    throw new UsageError(`--trace: ${options.model} is a U-Net, which has no steps: leave it out`);
  if (probability && model.configuration.task === 'denoise')
    throw new UsageError(`--probability: ${options.model} is a denoiser, which has no classes: leave it out`);
}

/** Runs all pictures in this process. */
function runHere(options: Options, context: Context, model: Model, inputs: readonly Input[]): Ran {
  const names = distinctNames(inputs.map(({ file }) => file));
  const bar = context.progress('running', inputs.length);
  const failures: Failure[] = [];
  const request = { model, source: options.model, options };
  const keep = options.dump === undefined ? [] : (['flows'] as const);
  const runAll = (runnable: Runnable) =>
    inputs.flatMap((input, index) => {
      const image = attempt(input, inputs.length, failures, () =>
        runPicture({ model, runnable, options, context }, input, names[index]),
      );
      bar.update(index + 1, basename(input.file));
      return image ? [image] : [];
    });
  const images = withModel(context.engine, request, runAll, { keep, trace: options.trace ?? false });
  return { images, failures, threads: context.engine.threads };
}

/** Runs one picture; if it fails and is one of several, the others still run, and the result is undefined. */
function attempt<Result>(
  { file }: Input,
  pictures: number,
  failures: Failure[],
  action: () => Result,
): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataError) || pictures === 1) throw error;
    failures.push({ file, error: error.message });
    return undefined;
  }
}

function resultOf({ images, failures, threads }: Ran, { engine }: Options): Result {
  const { steps, latency } = images[0] ?? { steps: 0, latency: 0 };
  const lines = images.map(({ file, outputs, spikes, ms }) => {
    const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${describeSteps(steps, latency)}` : '';
    return `${file} -> ${outputs.join(', ')} (${(ms / 1000).toFixed(2)} s${fired})`;
  });
  const failed = failures.map(({ error }) => `failed: ${error}`);
  return {
    json: {
      images: images.map(({ steps: _, latency: __, ...image }) => image),
      failures,
      steps,
      latency,
      threads,
      engine,
    },
    text: [...lines, ...failed].join('\n'),
    failed: failures.length > 0,
  };
}
