#!/usr/bin/env node
/** `spiking-unet run`: runs a U-Net or a spiking network on pictures. */

import { basename, extname, join } from 'node:path';
import { readImage } from '../lib/image/decode.js';
import { writePng } from '../lib/image/encode.js';
import { preprocess } from '../lib/image/preprocess.js';
import type { Simulation } from '../lib/spike/simulate.js';
import { UsageError } from '../lib/tensor/error.js';
import { greyLevels, labelPicture } from '../lib/train/picture.js';
import type { Model } from '../lib/unet/model.js';
import { argmax, predict, type Run } from '../lib/unet/predict.js';
import { type Recording, writeDump } from './cli/dump.js';
import {
  addSimulationOptions,
  imageChannels,
  loadModel,
  runOf,
  type SimulationOptions,
} from './cli/model.js';
import { runStage, type SharedOptions } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options extends SimulationOptions, SharedOptions {
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
    let simulation: Simulation | undefined;
    let recording: Recording | undefined;
    const { run, steps } = runOf(context.kernels, model, options, options.model, (latest) => {
      simulation = latest;
    });
    const recordingRun: Run = (input, height, width) => {
      const prediction = run(input, height, width);
      recording = { input, height, width, output: prediction.output, simulation };
      return prediction;
    };
    const bar = context.progress('running', options.image.length);
    const images = options.image.map((file, index) => {
      const picture = readImage(file);
      const { height, width } = picture;
      const input = preprocess(model.preprocess, picture, imageChannels(model));
      const start = performance.now();
      const { output, spikes } = predict(recordingRun, input, height, width);
      const ms = performance.now() - start;
      const written = join(options.out, `${basename(file, extname(file))}.${outputSuffix(model)}.png`);
      writePng(written, outputPicture(model, input, output, height, width));
      bar.update(index + 1, basename(file));
      if (options.dump !== undefined && recording) {
        const metadata = { height: String(height), width: String(width), steps: String(steps) };
        writeDump(options.dump, model, recording, metadata);
      }
      return { file, outputs: [written], spikes, ms };
    });
    const lines = images.map(({ file, outputs, spikes, ms }) => {
      const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${steps} steps` : '';
      return `${file} -> ${outputs.join(', ')} (${(ms / 1000).toFixed(2)} s${fired})`;
    });
    return { json: { images, steps, threads: 1, engine: options.engine }, text: lines.join('\n') };
  },
});

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
