#!/usr/bin/env node
/** `spiking-unet energy`: operations and joules of a network, counted in three named ways (section 4.4.3). */

import { UsageError } from '../lib/core/error.js';
import type { FloatImage } from '../lib/core/floatImage.js';
import { withProgram } from '../lib/engine/door.js';
import { padImage } from '../lib/engine/predict.js';
import {
  energyReport,
  evenFanOut,
  type LayerCost,
  layerCosts,
  layerEnergy,
  meanCosts,
} from '../lib/measure/energyModels.js';
import { testNoise } from '../lib/measure/imageResult.js';
import type { Model } from '../lib/model/model.js';
import { modelInput } from '../lib/model/modelInput.js';
import type { Layer } from '../lib/net/architecture.js';
import { architectures, buildLayers, PAPERS } from '../lib/net/architectures.js';
import { multipleOf } from '../lib/net/graph.js';
import { readImage } from '../lib/node/pictureFiles.js';
import { addNoise } from '../lib/picture/noise.js';
import { inputOf } from '../lib/picture/sample.js';
import { requireSides } from '../lib/train/patches.js';
import { addDataOptions, type DataOptions, fitOf, loadSamples, requireFitting } from './cli/dataOptions.js';
import { formatEnergy, isOfBytes } from './cli/energyTable.js';
import {
  addSimulationOptions,
  addTimingOption,
  addUnetOption,
  loadModel,
  type SimulationOptions,
  spikingModel,
  type UnetOption,
} from './cli/modelOptions.js';
import { channelCount, featureCount, greyLevels, imageSize, oneOf, positive } from './cli/parse.js';
import { type Context, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';

interface Options extends SimulationOptions, Partial<DataOptions>, UnetOption, SharedOptions {
  readonly model?: string;
  readonly image?: string;
  readonly sigma: number;
  readonly task: 'segment' | 'denoise';
  readonly architecture?: string;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
  readonly size: readonly [height: number, width: number];
  readonly spikes?: number;
}

const stage: Stage<Options> = {
  name: 'energy',
  summary: 'Count operations and joules of a U-Net and its spiking network.',
  examples: [
    ['energy --model snn.safetensors --image eye.png --steps 10', 'measured spikes, layer by layer'],
    ['energy --model snn.safetensors --dataset drive --data ~/DRIVE', 'the mean over its test images'],
    ['energy --width 64 --channels 3 --classes 32 --size 256x256 --spikes 1.749e8', "the paper's Table 5"],
  ],
  configure(command) {
    addSimulationOptions(command);
    addTimingOption(command);
    addDataOptions(command);
    addUnetOption(command);
    command
      .option(
        '--model <file>',
        'a spiking network, a file or the name of a bundled one, to run on --image, or on the test images of --dataset',
      )
      .option('--image <file>', 'the picture it is run on')
      .option('--sigma <levels>', 'noise that is added for a denoiser of --dataset', greyLevels, 25)
      .option('--task <name>', 'without a model: segment or denoise', oneOf('segment', 'denoise'), 'segment')
      .option(
        '--architecture <name>',
        `without a model: ${Object.keys(architectures).join(' or ')} (default: ${PAPERS})`,
        oneOf(...Object.keys(architectures)),
      )
      .option('--width <F>', 'without a model: channels of the first stage', featureCount, 64)
      .option('--channels <n>', 'without a model: channels of the image', channelCount, 3)
      .option('--classes <n>', 'without a model: output channels', channelCount, 32)
      .option('--size <HxW>', 'without a model: size of the image', imageSize, [256, 256])
      .option('--spikes <n>', 'without a model: spikes in all, without those of pooling neurons', positive);
  },
  run(options, context) {
    if (options.unet && options.model === undefined)
      throw new UsageError('--unet: needs the --model that holds it');
    const known = options.model !== undefined && !options.unet;
    const { layers, height, width, costs, images, isWhole } =
      options.model === undefined ? planned(options) : measured(options, options.model, context);
    const { unet, firstLayer, paper, synops, whole } = energyReport(layers, costs, options.spikes);
    const report = {
      unet,
      firstLayer,
      ...((known || options.spikes !== undefined) && { paper }),
      ...(known && { synops }),
      ...(known && isWhole && { whole }),
    };
    const rows = costs.map((cost, l) => ({ ...cost, joules: layerEnergy(layers[l], cost) }));
    const fanOut = known ? synops.synops / paper.spikes : evenFanOut(layers, costs, height, width);
    return {
      json: { images, height, width, ...report, fanOut, layers: rows },
      text: formatEnergy(rows, report, fanOut),
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

interface Workload {
  readonly layers: readonly Layer[];
  /** How many images were run; 0 for a network that is only described. */
  readonly images: number;
  /** The padded size of the first image. */
  readonly height: number;
  readonly width: number;
  /** The mean over the images. */
  readonly costs: readonly LayerCost[];
  /** Whether it is a spiking network in whole numbers of 8 bits at most. */
  readonly isWhole: boolean;
}

/** The workload of a network that is only described: nothing is run, and spikes are not known. */
function planned(options: Options): Workload {
  const { task, architecture = PAPERS, width: firstChannels, channels, classes, size } = options;
  const layers = buildLayers({ architecture, task, width: firstChannels, channels, classes });
  const [height, width] = size;
  requireSides('--size', { height, width }, layers);
  const costs = layerCosts(layers, new Map(), height, width);
  return { layers, images: 0, height, width, costs, isWhole: false };
}

/** The workload of a network on pictures: a spiking network is run, a U-Net's operations are counted. */
function measured(options: Options, path: string, context: Context): Workload {
  if (options.spikes !== undefined)
    throw new UsageError('--spikes is counted where --model is given: leave it out');
  if (options.architecture !== undefined)
    throw new UsageError('--architecture is that of --model where one is given: leave it out');
  const { model } = loadModel(path, options.unet);
  const { layers } = model;
  const inputs = inputsOf(options, model, context).map((image) => padImage(image, multipleOf(layers)));
  const costs = options.unet
    ? inputs.map(({ height, width }) => layerCosts(layers, new Map(), height, width))
    : spikingCosts(inputs, model, path, options, context);
  const [{ height, width }] = inputs;
  return { layers, images: inputs.length, height, width, costs: meanCosts(costs), isWhole: isOfBytes(model) };
}

/** What each layer costs on each picture. */
function spikingCosts(
  inputs: readonly FloatImage[],
  model: Model,
  path: string,
  options: Options,
  { engine, progress }: Context,
): LayerCost[][] {
  const { spiking, steps } = spikingModel(model, options, path);
  if (spiking.batchNormalisation)
    throw new UsageError(
      `${path}: it normalises each step on its own (${spiking.batchNormalisation.name}), but operations are ` +
        'counted of weights that are the same in all steps: take a network without, or with tdbn or bn',
    );
  const bar = progress('running', inputs.length);
  const { mode, timing = 'same' } = options;
  const simulation = { steps, mode, timing, keep: ['spikeCounts'] } as const;
  return withProgram(engine, spiking, (program) =>
    inputs.map((image, i) => {
      const { spikeCounts, eventCounts } = program.simulate(image, simulation);
      const counts = new Map([...spikeCounts, ...eventCounts]);
      bar.update(i + 1);
      return layerCosts(spiking.layers, counts, image.height, image.width);
    }),
  );
}

/** The inputs of the network, from --image or from the test images of --dataset. */
function inputsOf(options: Options, model: Model, context: Context): FloatImage[] {
  const { image, dataset, sigma, seed } = options;
  if ((image === undefined) === (dataset === undefined))
    throw new UsageError('--model needs an --image or a --dataset to run on');
  if (image !== undefined) return [modelInput(model, readImage(image))];
  const named = { ...options, dataset: dataset! };
  requireFitting(named, model);
  const samples = loadSamples(named, 'test', fitOf(model, 'unread'), context);
  const noisy = model.configuration.task === 'denoise';
  return samples.map((sample) => {
    const { input } = sample;
    return inputOf(sample, noisy ? addNoise(input, sigma, testNoise(seed, sigma, sample)).input : input);
  });
}
