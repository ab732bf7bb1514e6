#!/usr/bin/env node
/** `spiking-unet demo`: a bundled sample through bundled models, U-Net beside Spiking-UNet, in one picture. */

import { join } from 'node:path';
import { readSample } from '../lib/image/dataset/folder.js';
import { writePng } from '../lib/image/encode.js';
import { energyReport, layerCosts } from '../lib/spike/energy.js';
import { spikingRun } from '../lib/spike/readout.js';
import { combine, toSpikingModel } from '../lib/spike/spikingModel.js';
import { evaluateSegmentation } from '../lib/train/evaluate.js';
import { type CaptionedPrediction, resultPanel } from '../lib/train/picture.js';
import { type Run, unetRun } from '../lib/unet/predict.js';
import { loadModel } from './cli/model.js';
import { packageFile } from './cli/package.js';
import { type Context, type Result, runStage, type SharedOptions } from './cli/stage.js';
import { table, thousands } from './cli/table.js';

interface Options extends SharedOptions {
  readonly out: string;
}

const STEPS = 10;

await runStage<Options>({
  name: 'demo',
  summary: 'Segment a bundled sample with bundled models: U-Net, converted and fine-tuned Spiking-UNet.',
  examples: [
    ['demo', 'writes out/demo/vessels.png and prints a table'],
    ['demo --out pictures --json', 'elsewhere, and for a script'],
  ],
  configure(command) {
    command.option('--out <dir>', 'folder for the picture', join('out', 'demo'));
  },
  run: (options, context) => runDemo(options, context),
});

function runDemo({ out }: Options, context: Context): Result {
  const sample = readSample(
    {
      name: 'vessels',
      image: packageFile('fixtures', 'samples', 'fundus.png'),
      label: packageFile('fixtures', 'samples', 'fundus-label.png'),
      mask: packageFile('fixtures', 'samples', 'fundus-mask.png'),
    },
    1,
    'drive',
  );
  const unet = loadModel(packageFile('fixtures', 'models', 'synth-drive-ann.safetensors')).model;
  const tunedPath = packageFile('fixtures', 'models', 'synth-drive-snn.safetensors');
  const tuned = toSpikingModel(loadModel(tunedPath).model, tunedPath);
  const converted = toSpikingModel(combine(unet, tuned), tunedPath);
  const predictions: CaptionedPrediction[] = [];
  const bar = context.progress('demo', 3);

  const measure = (name: string, caption: string, run: Run, operations: () => number) => {
    const { score, spikes } = evaluateSegmentation([sample], run, unet.classNames, (_, prediction) => {
      predictions.push({ caption, prediction });
    });
    bar.update(predictions.length);
    return { name, f1: score, spikes, operations: operations() };
  };
  const measureSpiking = (name: string, caption: string, network: typeof tuned) => {
    let operations = 0;
    const run = spikingRun(
      context.kernels,
      network,
      'segment',
      { steps: STEPS, mode: 'auto', keep: ['spikeCounts'] },
      ({ spikeCounts }) => {
        const costs = layerCosts(network.layers, spikeCounts, sample.height, sample.width);
        operations = energyReport(network.layers, costs).synops.operations;
      },
    );
    return measure(name, caption, run, () => operations);
  };
  const size = { height: sample.height, width: sample.width };
  const macs = energyReport(unet.layers, layerCosts(unet.layers, new Map(), size.height, size.width)).unet
    .exact.operations;
  const rows = [
    measure('U-Net', 'U-Net', unetRun(context.kernels, unet), () => macs),
    measureSpiking(`Spiking-UNet, converted, T=${STEPS}`, `converted T=${STEPS}`, converted),
    measureSpiking(`Spiking-UNet, fine-tuned, T=${STEPS}`, `fine-tuned T=${STEPS}`, tuned),
  ];
  const picture = join(out, 'vessels.png');
  writePng(picture, resultPanel(sample, predictions, unet.classNames.length));
  const cells = rows.map((row) => [row.name, row.f1.toFixed(3), thousands(row.spikes), operationsOf(row)]);
  return {
    json: { picture, steps: STEPS, results: rows },
    text: `${table(['vessels in a drawn fundus image', 'F1', 'spikes', 'operations'], cells)}\n\n${picture}: input, truth, and what each network found`,
  };
}

/** A U-Net multiplies and accumulates; a spiking network only accumulates behind its first layer. */
function operationsOf({ spikes, operations }: { spikes: number; operations: number }): string {
  return `${thousands(operations / 1e6)} M ${spikes > 0 ? 'SynOps' : 'MACs'}`;
}
