#!/usr/bin/env node
/** `spiking-unet evaluate`: metrics of a network on a data set, per image and in total, and figures. */

import { join } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import type { Split } from '../lib/data/dataset.js';
import { USUAL_SIGMA } from '../lib/measure/evaluateTask.js';
import type { OnImage } from '../lib/measure/imageResult.js';
import { writePng } from '../lib/node/pictureFiles.js';
import { figure } from '../lib/picture/figure.js';
import type { Sample } from '../lib/picture/sample.js';
import { captionOf } from './cli/caption.js';
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
  type ModelEvaluation,
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
import { type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thousands } from './cli/table.js';
import { addJobsOption } from './share/jobsOptions.js';
import { evaluateShared, type ShareOptions, serveEvaluation } from './share/sharedEvaluation.js';

interface Options
  extends Partial<DataOptions>,
    ShareOptions,
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
      'evaluate --model snn.safetensors --dataset folder --data /data/cells --jobs 4 --share /data/judged',
      'in four processes; the same command on machines that see the folder takes a part of the work',
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
    addJobsOption(command, '--share');
    command.option(
      '--share <dir>',
      'folder in which processes share the work (default: of this command alone)',
    );
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
  async run(options, context) {
    const isShared = options.jobs !== undefined || options.share !== undefined;
    checkEvaluationOptions(options, isShared);
    const files = [options.model, ...options.beside];
    const loaded = files.map((file, k) => loadModel(file, options.unet && k === 0));
    const models = loaded.map(({ model }) => model);
    const named = { ...options, dataset: datasetFor(options.dataset, models[0]) };
    for (const model of models) requireFitting(named, model);
    const ignored = ignoredBy(named, models[0]);
    if (options.sigma !== undefined && models[0].configuration.task === 'segment')
      throw new UsageError('--sigma: is for denoisers, the model segments: leave it out');
    const resolved = { ...named, ignoredClass: ignored.id };
    const fit = fitOf(models[0], 'needed', ignored.stored);
    if (options.partOf !== undefined) return serveEvaluation(resolved, context, loaded[0], fit);
    if (isShared)
      return resultOf(await evaluateShared(resolved, context, loaded[0], fit), models[0].classNames);
    const samples = loadSamples(named, options.split, fit, context);
    const bar = context.progress('evaluating', samples.length * models.length);
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
    return resultOf(evaluations[0], models[0].classNames);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The input of a sample, and the output of each network. */
interface Shown {
  readonly seen: Float32Array;
  readonly predictions: readonly (Uint8Array | Float32Array)[];
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

function resultOf(evaluation: ModelEvaluation, classes: readonly string[]): Result {
  const { metrics, images, spikes, steps, latency, confusion, milliseconds, compared, remarks } = evaluation;
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
      ...(confusion && { classes, confusion }),
    },
    text: [
      ...lines,
      ...remarks.map((remark) => `note: ${remark}`),
      `${images.length} images: ${formatMetrics(metrics)}${fired}${took}${differ}`,
    ].join('\n'),
  };
}
