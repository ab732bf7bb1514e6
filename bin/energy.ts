#!/usr/bin/env node
/** `spiking-unet energy`: operations and joules of a network, counted in three named ways (section 4.4.3). */

import { readImage } from '../lib/image/decode.js';
import { preprocess } from '../lib/image/preprocess.js';
import { energyReport, evenFanOut, layerCosts, layerEnergy } from '../lib/spike/energy.js';
import { simulate } from '../lib/spike/simulate.js';
import { UsageError } from '../lib/tensor/error.js';
import { buildLayers, type Layer } from '../lib/unet/architecture.js';
import { padInput } from '../lib/unet/predict.js';
import { formatEnergy } from './cli/energyTable.js';
import {
  addSimulationOptions,
  imageChannels,
  loadModel,
  type SimulationOptions,
  spikingModel,
} from './cli/model.js';
import { count, oneOf, positive } from './cli/parse.js';
import { type Context, runStage, type SharedOptions } from './cli/stage.js';

interface Options extends SimulationOptions, SharedOptions {
  readonly model?: string;
  readonly image?: string;
  readonly task: 'segment' | 'denoise';
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
  readonly size: readonly [height: number, width: number];
  readonly spikes?: number;
}

await runStage<Options>({
  name: 'energy',
  summary: 'Count operations and joules of a U-Net and its spiking network.',
  examples: [
    ['energy --model snn.safetensors --image eye.png --steps 10', 'measured spikes, layer by layer'],
    ['energy --width 64 --channels 3 --classes 32 --size 256x256 --spikes 1.744e8', "the paper's Table 5"],
  ],
  configure(command) {
    addSimulationOptions(command);
    command
      .option('--model <file>', 'a spiking network to run on --image')
      .option('--image <file>', 'the picture it is run on')
      .option('--task <name>', 'without a model: segment or denoise', oneOf('segment', 'denoise'), 'segment')
      .option('--width <F>', 'without a model: channels of the first stage', count, 64)
      .option('--channels <n>', 'without a model: channels of the image', count, 3)
      .option('--classes <n>', 'without a model: output channels', count, 32)
      .option('--size <HxW>', 'without a model: size of the image', imageSize, [256, 256])
      .option('--spikes <n>', 'without a model: spikes in all, without those of pooling neurons', positive);
  },
  run(options, context) {
    const known = options.model !== undefined;
    const workload = known ? measured(options, options.model, context) : planned(options);
    const { layers, spikeCounts, height, width } = workload;
    const costs = layerCosts(layers, spikeCounts, height, width);
    const { unet, firstLayer, paper, synops } = energyReport(layers, costs, options.spikes);
    const report = {
      unet,
      firstLayer,
      ...((known || options.spikes !== undefined) && { paper }),
      ...(known && { synops }),
    };
    const rows = costs.map((cost, l) => ({ ...cost, joules: layerEnergy(layers[l], cost) }));
    const fanOut = known ? synops.synops / paper.spikes : evenFanOut(layers, costs, height, width);
    return {
      json: { height, width, ...report, fanOut, layers: rows },
      text: formatEnergy(rows, report, fanOut),
    };
  },
});

interface Workload {
  readonly layers: readonly Layer[];
  readonly spikeCounts: ReadonlyMap<string, Uint32Array>;
  readonly height: number;
  readonly width: number;
}

/** A network that is only described: nothing is run, no spikes are known. */
function planned(options: Options): Workload {
  const { task, width, channels, classes, size } = options;
  return {
    layers: buildLayers({ task, width, channels, classes }),
    spikeCounts: new Map(),
    height: size[0],
    width: size[1],
  };
}

/** A spiking network that is run on a picture. */
function measured(options: Options, path: string, context: Context): Workload {
  if (options.image === undefined) throw new UsageError('--model needs an --image to run on');
  if (options.spikes !== undefined)
    throw new UsageError('--spikes is counted where --model is given: leave it out');
  const { spiking, steps } = spikingModel(loadModel(path).model, options, path);
  const picture = readImage(options.image);
  const input = preprocess(spiking.preprocess, picture, imageChannels(spiking));
  const padded = padInput(input, picture.height, picture.width);
  const { height, width } = padded;
  const { spikeCounts } = simulate(context.kernels, spiking, padded.input, height, width, {
    steps,
    mode: options.mode,
    keep: ['spikeCounts'],
  });
  return { layers: spiking.layers, spikeCounts, height, width };
}

function imageSize(text: string): readonly [number, number] {
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [height, width] = match ? match.slice(1).map(Number) : [0, 0];
  if (height < 1 || width < 1 || height % 16 !== 0 || width % 16 !== 0) {
    throw new UsageError(`--size ${text}: expected HEIGHTxWIDTH in multiples of 16, such as 256x256`);
  }
  return [height, width];
}
