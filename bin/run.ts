#!/usr/bin/env node
/** `spiking-unet run`: runs a U-Net or a spiking network on pictures. */

import { basename, extname, join } from 'node:path';
import { readImage } from '../lib/image/decode.js';
import { writePng } from '../lib/image/encode.js';
import { preprocess } from '../lib/image/preprocess.js';
import type { Simulation } from '../lib/spike/simulation.js';
import { UsageError } from '../lib/tensor/error.js';
import { greyLevels, labelPicture } from '../lib/train/picture.js';
import { toMiB } from '../lib/unet/memory.js';
import type { Model } from '../lib/unet/model.js';
import { argmax, paddedSize, predict, type Run } from '../lib/unet/predict.js';
import { type MemoryLimit, planTiles } from '../lib/unet/tiles.js';
import { type Recording, writeDump } from './cli/dump.js';
import {
  addMemoryOption,
  addSimulationOptions,
  imageChannels,
  loadModel,
  type MemoryOptions,
  runOf,
  type SimulationOptions,
} from './cli/model.js';
import { type Context, runStage, type SharedOptions } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options extends SimulationOptions, MemoryOptions, SharedOptions {
  readonly model: string;
  readonly image: string[];
  readonly out: string;
  readonly dump?: string;
}

await runStage<Options>({
  name: 'run',
  summary: 'Run a U-Net or a spiking network on pictures of any size.',
  examples: [
    ['run --model snn.safetensors --image eye1.tif eye2.tif --steps 10 --out out', 'masks as PNG in out/'],
    [
      'run --model snn.safetensors --image eye1.png --out out --dump spikes.safetensors',
      'with flows and spike counts',
    ],
  ],
  configure(command) {
    addSimulationOptions(command);
    addMemoryOption(command);
    command
      .requiredOption('--model <file>', 'a U-Net or a spiking network')
      .requiredOption('--image <files...>', 'pictures: PNG, JPEG, TIFF or GIF')
      .option('--out <dir>', 'folder for the results', 'out')
      .option('--dump <file>', 'write input, output, flow.NAME and spikes.NAME of one picture (safetensors)');
  },
  run(options, context) {
    const { model } = loadModel(options.model);
    if (options.dump !== undefined && options.image.length > 1) {
      throw new UsageError(`--dump holds one picture, got ${options.image.length}`);
    }
    const bar = context.progress('running', options.image.length);
    const images = context.kernels.frozen(() =>
      options.image.map((file, index) => {
        const image = runPicture(model, file, options, context);
        bar.update(index + 1, basename(file));
        return image;
      }),
    );
    const { steps } = images[0];
    const lines = images.map(({ file, outputs, spikes, ms }) => {
      const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${steps} steps` : '';
      return `${file} -> ${outputs.join(', ')} (${(ms / 1000).toFixed(2)} s${fired})`;
    });
    const { threads } = context.kernels;
    return {
      json: { images: images.map(({ steps: _, ...image }) => image), steps, threads, engine: options.engine },
      text: lines.join('\n'),
    };
  },
});

/** Runs a model on one picture; writes what it finds and, where asked to, what it did. */
function runPicture(model: Model, file: string, options: Options & SharedOptions, context: Context) {
  const picture = readImage(file);
  const { height, width } = picture;
  const input = preprocess(model.preprocess, picture, imageChannels(model));
  let padded: Omit<Recording, 'output'> | undefined;
  const dump = (output: Float32Array, simulation?: Simulation) => {
    if (options.dump === undefined) return;
    const metadata = { height: String(height), width: String(width), steps: String(steps) };
    writeDump(options.dump, model, { ...padded!, output, simulation }, metadata);
  };
  const keep = options.dump === undefined ? [] : (['flows'] as const);
  const { run, steps, limit } = runOf(context.kernels, model, options, options.model, keep, (simulation) =>
    dump(simulation.output, simulation),
  );
  const memory = announceMemory(model, file, height, width, limit, context);
  if (memory.tile && options.dump !== undefined) {
    throw new UsageError(
      `--dump: ${file} needs ${memory.mib} MiB at once, more than --memory ${options.memory}`,
    );
  }
  const recordingRun: Run = (input, height, width) => {
    padded = { input, height, width };
    const prediction = run(input, height, width);
    if (model.stage === 'ann') dump(prediction.output);
    return prediction;
  };
  const start = performance.now();
  const { output, spikes } = predict(recordingRun, input, height, width);
  const ms = performance.now() - start;
  const written = join(options.out, `${basename(file, extname(file))}.${outputSuffix(model)}.png`);
  writePng(written, outputPicture(model, input, output, height, width));
  return { file, outputs: [written], spikes, ms, steps, memory };
}

/** Says what a picture will take, and in which tiles it is run where that is too much. */
function announceMemory(
  model: Model,
  file: string,
  height: number,
  width: number,
  limit: MemoryLimit,
  context: Context,
) {
  const { paddedHeight, paddedWidth } = paddedSize(height, width);
  const tile = planTiles(model.layers, paddedHeight, paddedWidth, limit);
  const mib = toMiB(limit.bytesOf(paddedHeight, paddedWidth));
  const tiles = tile ? ` at once: in tiles of ${tile.width}x${tile.height}` : '';
  context.log(`${file}: ${width}x${height} pixels need about ${mib} MiB${tiles}`);
  return { mib, ...(tile && { tile }) };
}

function outputSuffix(model: Model): string {
  return model.configuration.task === 'segment' ? 'mask' : 'clean';
}

/** The mask, or the input without the noise that the network found in it. */
function outputPicture(
  model: Model,
  input: Float32Array,
  output: Float32Array,
  height: number,
  width: number,
) {
  const { task, classes } = model.configuration;
  if (task === 'segment') return labelPicture(argmax(output, classes), height, width, classes);
  return greyLevels(
    input.map((value, i) => Math.min(1, Math.max(0, value - output[i]))),
    height,
    width,
  );
}
