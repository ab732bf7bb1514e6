#!/usr/bin/env node
/** `spiking-unet run`: runs a U-Net or a spiking network on pictures. */

import { basename } from 'node:path';
import { DataError, UsageError } from '../lib/core/error.js';
import type { FloatImage } from '../lib/core/floatImage.js';
import { toMiB } from '../lib/engine/kernels/memory.js';
import { cropOutput, paddedSize, padImage } from '../lib/engine/predict.js';
import { planTiles, wholeBytes } from '../lib/engine/tiles.js';
import type { Model } from '../lib/model/model.js';
import { modelInput } from '../lib/model/modelInput.js';
import { multipleOf } from '../lib/net/graph.js';
import { mostMembranes } from '../lib/neuron/spikingNetwork.js';
import type { Image } from '../lib/picture/image.js';
import { writeAnswer } from './cli/answers.js';
import { checkTraceSize, writeDump } from './cli/dump.js';
import { type Input, inputsOf } from './cli/inputs.js';
import {
  addMemoryOption,
  addSimulationOptions,
  addTimingOption,
  addUnetOption,
  describeSteps,
  loadModel,
  type MemoryOptions,
  type SimulationOptions,
  type UnetOption,
} from './cli/modelOptions.js';
import { distinctNames } from './cli/names.js';
import { type Recorded, type Runnable, withModel } from './cli/runnable.js';
import { type Context, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options extends SimulationOptions, MemoryOptions, UnetOption, SharedOptions {
  readonly model: string;
  readonly image: string[];
  readonly out: string;
  readonly dump?: string;
  readonly trace?: boolean;
  readonly probability: boolean;
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
  run(options, context) {
    const { model } = loadModel(options.model, options.unet);
    const inputs = inputsOf(options.image, options.memory * 2 ** 20);
    checkOptions(options, model, inputs.length);
    const names = distinctNames(inputs.map(({ file }) => file));
    const bar = context.progress('running', inputs.length);
    const failures: { readonly file: string; readonly error: string }[] = [];
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
    const { steps, latency } = images[0] ?? { steps: 0, latency: 0 };
    const lines = images.map(({ file, outputs, spikes, ms }) => {
      const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${describeSteps(steps, latency)}` : '';
      return `${file} -> ${outputs.join(', ')} (${(ms / 1000).toFixed(2)} s${fired})`;
    });
    const failed = failures.map(({ error }) => `failed: ${error}`);
    const { threads } = context.engine;
    return {
      json: {
        images: images.map(({ steps: _, latency: __, ...image }) => image),
        failures,
        steps,
        latency,
        threads,
        engine: options.engine,
      },
      text: [...lines, ...failed].join('\n'),
      failed: failures.length > 0,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** Refuses options that do not apply to this model, or to several pictures (UsageError). */
function checkOptions(
  { dump, trace, probability, ...options }: Options,
  model: Model,
  pictures: number,
): void {
  if (dump !== undefined && pictures > 1) throw new UsageError(`--dump holds one picture, got ${pictures}`);
  if (trace && dump === undefined)
    throw new UsageError('--trace: add --dump FILE, the file to write the steps to');
  if (trace && model.stage === 'ann')
    throw new UsageError(`--trace: ${options.model} is a U-Net, which has no steps: leave it out`);
  if (probability && model.configuration.task === 'denoise')
    throw new UsageError(`--probability: ${options.model} is a denoiser, which has no classes: leave it out`);
}

/** Runs one picture; if it fails and is one of several, the others still run, and the result is undefined. */
function attempt<Result>(
  { file }: Input,
  pictures: number,
  failures: { file: string; error: string }[],
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

/** What all pictures have in common. */
interface Job {
  readonly model: Model;
  readonly runnable: Runnable;
  readonly options: Options;
  readonly context: Context;
}

/** Runs a model on one picture; writes the results and, with --dump, a record of the run. */
function runPicture(job: Job, { file, read }: Input, name: string) {
  const { model, runnable, options } = job;
  const picture = read();
  const { height, width } = picture;
  const { steps, latency } = runnable;
  if (options.trace) {
    const { paddedHeight, paddedWidth } = paddedSize(height, width, multipleOf(model.layers));
    const membranes = mostMembranes(runnable.spiking!);
    const footprint = { height: paddedHeight, width: paddedWidth, steps, membranes };
    checkTraceSize(options.dump!, model, footprint);
  }
  const memory = announceMemory(job, file, picture);
  const image = modelInput(model, picture);
  const start = performance.now();
  const padded = padImage(image, multipleOf(model.layers));
  const recorded = options.dump === undefined ? runnable.run(padded) : runnable.record(padded);
  const output = cropOutput(recorded.output, padded, picture);
  const ms = performance.now() - start;
  if (options.dump !== undefined) dump(options.dump, job, { picture, padded, recorded });
  const answer = { picture, input: image.data, output, steps };
  const outputs = writeAnswer(options.out, name, model, answer, options.probability);
  return { file, outputs, spikes: recorded.spikes, ms, steps, latency, memory };
}

/** The run of one picture, for --dump. */
interface Happened {
  readonly picture: Image;
  readonly padded: FloatImage;
  readonly recorded: Recorded;
}

/** Writes all that a network did on a picture. */
function dump(
  path: string,
  { model, runnable, options }: Job,
  { picture, padded, recorded }: Happened,
): void {
  const { spiking, steps } = runnable;
  const { height, width } = picture;
  const { simulation } = recorded;
  const output = simulation?.output ?? recorded.output;
  const { timing } = options;
  writeDump(path, model, { image: padded, output, simulation }, { height, width, steps, spiking, timing });
}

/** Logs how much memory a picture needs, and in which tiles it is run if that is too much. */
function announceMemory({ model, runnable, options, context }: Job, file: string, { height, width }: Image) {
  const { limit } = runnable;
  const { paddedHeight, paddedWidth } = paddedSize(height, width, multipleOf(model.layers));
  const tile = planTiles(model.layers, paddedHeight, paddedWidth, limit);
  const mib = toMiB(wholeBytes(limit, paddedHeight, paddedWidth));
  const tiles = tile ? ` at once: in tiles of ${tile.width}x${tile.height}` : '';
  context.log(`${file}: ${width}x${height} pixels need about ${mib} MiB${tiles}`);
  if (tile && options.dump !== undefined)
    throw new UsageError(`--dump: ${file} needs ${mib} MiB at once, more than --memory ${options.memory}`);
  return { mib, ...(tile && { tile }) };
}
