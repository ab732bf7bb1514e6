#!/usr/bin/env node
/** `spiking-unet evaluate`: metrics of a network on a data set, per image and in total, and figures. */

import { join } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import type { Split } from '../lib/data/dataset.js';
import { type OnImage, USUAL_SIGMA } from '../lib/measure/evaluateTask.js';
import type { Model } from '../lib/model/model.js';
import { writePng } from '../lib/node/pictureFiles.js';
import { figure } from '../lib/picture/figure.js';
import type { Sample } from '../lib/picture/sample.js';
import {
  addDataOptions,
  type DataOptions,
  datasetFor,
  fitOf,
  loadSamples,
  requireFitting,
} from './cli/dataOptions.js';
import {
  checkEvaluationOptions,
  type EvaluationOptions,
  evaluateModel,
  ignoredBy,
} from './cli/evaluation.js';
import { formatMetrics } from './cli/metrics.js';
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
import { greyLevels, oneOf } from './cli/parse.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options
  extends Partial<DataOptions>,
    Omit<EvaluationOptions, 'dataset' | 'ignoredClass'>,
    UnetOption,
    SharedOptions {
  readonly model: string;
  readonly split: Split;
  readonly ignore?: string;
  readonly figures?: string;
  readonly beside: string[];
}

const stage: Stage<Options> = {
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
      'evaluate --model unet.safetensors --beside snn.safetensors tuned.safetensors --dataset em --figures figures',
      'pictures like Fig. 4: input, truth, three networks, a box enlarged, errors',
    ],
    [
      'evaluate --model snn.safetensors --dataset drive --data ~/DRIVE --profile official',
      "as the authors' code counts: patch by patch, with the padding",
    ],
  ],
  configure(command) {
    addDataOptions(command);
    addSimulationOptions(command, 'area', 'cut');
    addTimingOption(command);
    addMemoryOption(command);
    addUnetOption(command);
    command
      .requiredOption(
        '--model <file>',
        'a U-Net or a spiking network: a file, or the name of a bundled model',
      )
      .option('--split <name>', 'train, test or all', oneOf('train', 'test', 'all'), 'test')
      .option(
        '--sigma <levels>',
        `noise that a denoiser has to remove, in grey levels (default: ${USUAL_SIGMA})`,
        greyLevels,
      )
      .option('--ignore <class>', 'a class whose pixels do not count, by name or id, such as Void or 255')
      .option('--time', 'say how long an image takes: milliseconds of processor time, the median', false)
      .option(
        '--as-unet',
        'run a one-step network as a U-Net with N-bit activations, and count outputs that differ',
        false,
      )
      .option('--figures <dir>', 'write a figure of each image: predictions, an enlarged box, errors')
      .option('--beside <files...>', 'more networks, for the figures only', []);
  },
  run(options, context) {
    checkEvaluationOptions(options);
    const files = [options.model, ...options.beside];
    const models = files.map((file, k) => loadModel(file, options.unet && k === 0).model);
    const named = { ...options, dataset: datasetFor(options.dataset, models[0]) };
    for (const model of models) requireFitting(named, model);
    const ignored = ignoredBy(named, models[0]);
    if (options.sigma !== undefined && models[0].configuration.task === 'segment')
      throw new UsageError('--sigma: is for denoisers, the model segments: leave it out');
    const samples = loadSamples(named, options.split, fitOf(models[0], 'needed', ignored.stored), context);
    const bar = context.progress('evaluating', samples.length * models.length);
    const resolved = { ...named, ignoredClass: ignored.id };
    let done = 0;
    const shown = new Map<Sample, Shown>();
    const show: OnImage = (sample, prediction, seen) => {
      const predictions = shown.get(sample)?.predictions ?? [];
      shown.set(sample, { seen, predictions: [...predictions, prediction] });
      bar.update(++done);
    };
    const evaluations = models.map((model, k) =>
      evaluateModel(context.engine, { model, source: files[k] }, samples, resolved, show),
    );
    if (options.figures !== undefined) {
      const captions = models.map((model, k) => captionOf(model, evaluations[k].steps));
      writeFigures(options.figures, shown, captions, models[0].classNames.length);
      context.log(`${options.figures}: ${shown.size} figures`);
    }
    const { metrics, images, spikes, steps, latency, confusion, milliseconds, compared, remarks } =
      evaluations[0];
    const fired = steps > 0 ? `, ${thousands(spikes)} spikes in ${describeSteps(steps, latency)}` : '';
    const took = milliseconds === undefined ? '' : `, ${milliseconds.toFixed(0)} ms an image`;
    const differ = compared ? `, ${compared.different} of ${compared.values} outputs differ` : '';
    const lines = images.map((image) => `${image.name}: ${formatMetrics(image.metrics)}`);
    return {
      json: {
        metrics,
        images,
        spikes,
        steps,
        latency,
        milliseconds,
        compared,
        remarks,
        ...(confusion && { classes: models[0].classNames, confusion }),
      },
      text: [
        ...lines,
        ...remarks.map((remark) => `note: ${remark}`),
        `${images.length} images: ${formatMetrics(metrics)}${fired}${took}${differ}`,
      ].join('\n'),
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The input of a sample, and the output of each network. */
interface Shown {
  readonly seen: Float32Array;
  readonly predictions: readonly (Uint8Array | Float32Array)[];
}

function captionOf({ stage, notes }: Model, steps: number): string {
  if (stage === 'ann') return 'U-Net';
  return `${notes.steps === undefined ? 'converted' : 'fine-tuned'}, T=${steps}`;
}

function writeFigures(
  folder: string,
  shown: ReadonlyMap<Sample, Shown>,
  captions: readonly string[],
  classes: number,
): void {
  const names = distinctNames([...shown.keys()].map(({ name }) => name.replaceAll('/', '-')));
  for (const [i, [sample, { seen, predictions }]] of [...shown].entries()) {
    const captioned = predictions.map((prediction, k) => ({ caption: captions[k], prediction }));
    const file = join(folder, `${names[i]}.png`);
    writePng(file, figure(sample, seen, captioned, classes));
  }
}
