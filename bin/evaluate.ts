#!/usr/bin/env node
/** `spiking-unet evaluate`: metrics of a network on a data set, per image and in total. */

import type { Split } from '../lib/image/dataset/dataset.js';
import { findDataset } from '../lib/image/dataset/index.js';
import { padToPatches } from '../lib/image/patches.js';
import { UsageError } from '../lib/tensor/error.js';
import { evaluateDenoising, evaluateSegmentation } from '../lib/train/evaluate.js';
import type { Model } from '../lib/unet/model.js';
import { patchwiseRun } from '../lib/unet/tiles.js';
import { addDataOptions, type DataOptions, fitOf, loadSamples, requireFitting } from './cli/data.js';
import {
  addMemoryOption,
  addSimulationOptions,
  loadModel,
  type MemoryOptions,
  runOf,
  type SimulationOptions,
} from './cli/model.js';
import { oneOf, positive } from './cli/parse.js';
import { resolveProfile } from './cli/profile.js';
import { runStage, type SharedOptions } from './cli/stage.js';
import { thousands } from './cli/table.js';
import { formatMetrics } from './cli/training.js';

interface Options extends DataOptions, SimulationOptions, MemoryOptions, SharedOptions {
  readonly model: string;
  readonly split: Split;
  readonly sigma: number;
  readonly ignore?: string;
}

await runStage<Options>({
  name: 'evaluate',
  summary: 'Measure a U-Net or a spiking network on a data set.',
  examples: [
    [
      'evaluate --model runs/drive/checkpoints/best.safetensors --dataset drive --data ~/DRIVE',
      'F1, JS, ACC on the test images',
    ],
    [
      'evaluate --model snn.safetensors --dataset drive --data ~/DRIVE --steps 4 --v-init half --json',
      'another T, for a script',
    ],
    [
      'evaluate --model snn.safetensors --dataset drive --data ~/DRIVE --profile official',
      "as the authors' code counts: patch by patch, with the padding",
    ],
  ],
  configure(command) {
    addDataOptions(command, 'synth-drive');
    addSimulationOptions(command, 'area', 'cut');
    addMemoryOption(command);
    command
      .requiredOption('--model <file>', 'a U-Net or a spiking network')
      .option('--split <name>', 'train, test or all', oneOf('train', 'test', 'all'), 'test')
      .option('--sigma <levels>', 'noise that a denoiser has to remove, in grey levels', positive, 25)
      .option('--ignore <class>', 'a class whose pixels do not count, such as Void (more than two classes)');
  },
  run(options, context) {
    const { model } = loadModel(options.model);
    const { run, steps } = runOf(context.kernels, model, options, options.model, []);
    const dataset = findDataset(options.dataset);
    requireFitting(dataset, model);
    const samples = loadSamples(options, options.split, fitOf(model));
    const { area, cut } = resolveProfile(options);
    const { size } = dataset.patch;
    const segmentRun = cut === 'patches' ? patchwiseRun(run, model.layers, size) : run;
    const segmentSamples = area === 'padded' ? samples.map((sample) => padToPatches(sample, size)) : samples;
    const bar = context.progress('evaluating', samples.length);
    let done = 0;
    const onImage = () => bar.update(++done);
    const result = context.kernels.frozen(() =>
      model.configuration.task === 'segment'
        ? evaluateSegmentation(
            segmentSamples,
            segmentRun,
            model.classNames,
            onImage,
            classId(options.ignore, model),
          )
        : evaluateDenoising(samples, run, options.sigma, options.seed, onImage),
    );
    const { metrics, images, spikes } = result;
    const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${steps} steps` : '';
    const lines = images.map((image) => `${image.name}: ${formatMetrics(image.metrics)}`);
    return {
      json: { metrics, images, spikes, steps },
      text: [...lines, `${images.length} images: ${formatMetrics(metrics)}${fired}`].join('\n'),
    };
  },
});

/** The id of a class by name; UsageError where the model knows none of that name. */
function classId(name: string | undefined, { classNames }: Model): number | undefined {
  if (name === undefined) return undefined;
  const id = classNames.indexOf(name);
  if (id < 0) throw new UsageError(`--ignore ${name}: expected one of ${classNames.join(', ')}`);
  return id;
}
