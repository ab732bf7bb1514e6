/** Evaluating one network with the options of `evaluate`. */

import { UsageError } from '../../lib/core/error.js';
import { findDataset } from '../../lib/data/index.js';
import type { Engine } from '../../lib/engine/door.js';
import { anySize, type Run } from '../../lib/engine/predict.js';
import { patchwiseRun } from '../../lib/engine/tiles.js';
import { type Evaluation, evaluationOf, judgeImage } from '../../lib/measure/evaluateTask.js';
import type { ImageResult, OnImage } from '../../lib/measure/imageResult.js';
import type { Model } from '../../lib/model/model.js';
import type { Sample } from '../../lib/picture/sample.js';
import { padToPatches } from '../../lib/train/patches.js';
import { ownsLabels } from './dataOptions.js';
import { median } from './median.js';
import type { MemoryOptions, SimulationOptions } from './modelOptions.js';
import { resolveProfile } from './profile.js';
import { type Runnable, withModel } from './runnable.js';

export interface EvaluationOptions extends SimulationOptions, MemoryOptions {
  readonly dataset: string;
  readonly seed: number;
  readonly sigma?: number;
  /** Id of a class that does not count. */
  readonly ignoredClass?: number | undefined;
  readonly time?: boolean;
  readonly asUnet?: boolean;
}

/** The outputs of two runs of a network: how many values they have, and how many of them differ. */
export interface Compared {
  values: number;
  different: number;
}

export interface ModelEvaluation extends Evaluation {
  /** 0 for a U-Net. */
  readonly steps: number;
  /** Steps until the output is there. */
  readonly latency: number;
  /** Median processor time per image; only with --time. */
  readonly milliseconds?: number | undefined;
  /** The comparison with the run as a U-Net; only with --as-unet. */
  readonly compared?: Compared | undefined;
}

/** One image of an evaluation. */
export interface JudgedImage {
  readonly result: ImageResult;
  /** Only with --as-unet. */
  readonly compared?: Compared | undefined;
}

/** Metrics of a model, whose file is `source`, on samples, with the facts of the runs. */
export function evaluateModel(
  engine: Engine,
  { model, source }: { readonly model: Model; readonly source: string },
  samples: readonly Sample[],
  options: EvaluationOptions,
  onImage: OnImage,
): ModelEvaluation {
  return withModel(engine, { model, source, options }, (runnable) => {
    const { steps, latency } = runnable;
    const times: number[] = [];
    const judge = imageJudge(runnable, model, options, onImage, times);
    const evaluation = evaluationOfImages(model, samples.map(judge), options);
    const milliseconds = options.time ? median(times) : undefined;
    return { ...evaluation, steps, latency, milliseconds };
  });
}

/** Judges single images by a network, as the options say; with --time their times are added to `times`. */
export function imageJudge(
  runnable: Runnable,
  model: Model,
  options: EvaluationOptions,
  onImage?: OnImage,
  times: number[] = [],
): (sample: Sample) => JudgedImage {
  const { sigma, seed, ignoredClass: ignore } = options;
  const counts = { values: 0, different: 0 };
  const chosen = options.asUnet ? comparedRun(runnable, counts) : runnable.run;
  const run = options.time ? timedRun(chosen, times) : chosen;
  const [inPieces, padded] = asProfiled(run, model, options);
  return (sample) => {
    const before = { ...counts };
    const result = judgeImage(model, padded(sample), inPieces, { sigma, seed, ignore }, onImage);
    const [values, different] = [counts.values - before.values, counts.different - before.different];
    return { result, ...(options.asUnet && { compared: { values, different } }) };
  };
}

/** The evaluation of images, in their order. */
export function evaluationOfImages(
  model: Model,
  images: readonly JudgedImage[],
  { sigma, ignoredClass: ignore }: EvaluationOptions,
): Evaluation & Pick<ModelEvaluation, 'compared'> {
  const results = images.map(({ result }) => result);
  const counts = images.flatMap(({ compared }) => compared ?? []);
  const sum = (key: keyof Compared) => counts.reduce((total, one) => total + one[key], 0);
  const compared = counts.length > 0 ? { values: sum('values'), different: sum('different') } : undefined;
  return { ...evaluationOf(model, results, { sigma, ignore }), compared };
}

/** A run, and what it is given of a sample, with the authors' departures if they are wanted. */
function asProfiled(run: Run, model: Model, options: EvaluationOptions): [Run, (sample: Sample) => Sample] {
  if (model.configuration.task === 'denoise') return [run, (sample) => sample];
  const { area, cut } = resolveProfile(options);
  const { size } = findDataset(options.dataset).patch;
  return [
    cut === 'patches' ? patchwiseRun(run, model.layers, size) : run,
    area === 'padded' ? (sample) => padToPatches(sample, size) : (sample) => sample,
  ];
}

/** A one-step network run as a U-Net; its outputs are counted against those of the simulation. */
function comparedRun({ program, run, steps, spiking }: Runnable, counts: Compared): Run {
  if (!spiking || steps !== 1)
    throw new UsageError('--as-unet: only a spiking network at --steps 1 is a U-Net as well');
  return anySize(program.multipleOf, (image) => {
    const [ours, theirs] = [program.quantised(image), run(image).output];
    counts.values += ours.length;
    counts.different += ours.reduce((sum, value, i) => sum + Number(value !== theirs[i]), 0);
    return { output: ours, spikes: 0 };
  });
}

/** A run that notes its milliseconds of processor time: on one thread, about those of an idle machine. */
function timedRun(run: Run, times: number[]): Run {
  return (...image) => {
    const before = process.cpuUsage();
    const prediction = run(...image);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    return prediction;
  };
}

/** What does not count: a class of the model, or a value of the labels that is not one of its classes. */
export interface Ignored {
  readonly id?: number;
  readonly stored?: number;
}

/**
 * The option --ignore: the name or the id of a class, or with the user's own labels any number (UsageError
 * for all else).
 */
export function ignoredBy(
  { ignore, dataset }: { readonly ignore?: string; readonly dataset: string },
  { configuration: { task, classes }, classNames }: Model,
): Ignored {
  if (ignore === undefined) return {};
  if (task === 'denoise')
    throw new UsageError(`--ignore ${ignore}: a denoiser tells no classes apart, leave it out`);
  const named = classNames.indexOf(ignore);
  const id = named >= 0 ? named : /^\d{1,5}$/.test(ignore) ? Number(ignore) : undefined;
  if (id !== undefined && id < classes) return { id };
  if (id !== undefined && ownsLabels(dataset)) return { stored: id };
  const ids = `0 to ${classes - 1}`;
  throw new UsageError(`--ignore ${ignore}: expected a class, ${ids} or one of ${classNames.join(', ')}`);
}

/** Refuses options that would have no effect, or that cannot be shared by processes (UsageError). */
export function checkEvaluationOptions(
  options: SimulationOptions & {
    readonly figures?: string;
    readonly beside: readonly string[];
    readonly time?: boolean;
  },
  isShared = false,
): void {
  if (options.figures !== undefined && resolveProfile(options).area === 'padded')
    throw new UsageError('--figures shows images without their padding: add --area image');
  if (options.figures === undefined && options.beside.length > 0)
    throw new UsageError('--beside: is for figures, add --figures DIR');
  if (isShared && options.figures !== undefined)
    throw new UsageError('--figures: a record holds counts, not pictures: leave out --jobs and --share');
  if (isShared && options.time)
    throw new UsageError('--time: other processes would slow it down: leave out --jobs and --share');
}
