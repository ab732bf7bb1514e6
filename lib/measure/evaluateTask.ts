/**
 * A network on whole images: metrics per image and in total. Totals of segmentation are computed
 * from the counts of all pixels of all images; those of denoising are means over the images.
 */

import { DataError } from '../core/error.js';
import type { Run } from '../engine/predict.js';
import type { Model } from '../model/model.js';
import type { Sample } from '../picture/sample.js';
import {
  type DenoisedImage,
  denoiseImage,
  type ImageResult,
  type OnImage,
  type SegmentedImage,
  segmentImage,
} from './imageResult.js';
import {
  addTallies,
  metricsOf,
  type SegmentationMetrics,
  segmentationScore,
  tallyOf,
  whatIsMissing,
} from './segmentation.js';

/** dB; SSIM 0..1; sigma in grey levels. */
export interface DenoisingMetrics {
  readonly psnr: number;
  readonly ssim: number;
  readonly sigma: number;
}

export type Metrics = SegmentationMetrics | DenoisingMetrics;

export interface Evaluation {
  readonly metrics: Metrics;
  readonly images: readonly { name: string; metrics: Metrics; spikes: number }[];
  readonly spikes: number;
  /**
   * Of more than two classes: pixels by true class (row) and
   * predicted class (column), in the order of their ids.
   */
  readonly confusion?: readonly (readonly number[])[];
  /**
   * The score that selects the best model: F1 (inside the field of view), mIoU or PSNR; undefined without
   * one.
   */
  readonly score: number | undefined;
  /** Images, or the whole set, that have no F1, and why. */
  readonly remarks: readonly string[];
}

/**
 * Segments every sample; labels outside the field of view count as they are, predictions there as background.
 * Pixels whose label is void, or the class `ignore`, do not count, and that class does not count in the mean;
 * where it is predicted instead of another class, that is an ordinary error.
 */
export function evaluateSegmentation(
  samples: readonly Sample[],
  run: Run,
  classNames: readonly string[],
  onImage?: OnImage,
  ignore?: number,
): Evaluation {
  const results = samples.map((sample) => segmentImage(sample, run, classNames.length, onImage, ignore));
  return segmentationOf(results, classNames, ignore);
}

function segmentationOf(
  results: readonly SegmentedImage[],
  classNames: readonly string[],
  ignore: number | undefined,
): Evaluation {
  const classes = classNames.length;
  const total = results.map(({ tally }) => tally).reduce(addTallies);
  const metrics = metricsOf(total, classNames, ignore);
  const images = results.map(({ name, spikes, tally }) => ({
    name,
    metrics: metricsOf(tally, classNames, ignore),
    spikes,
  }));
  return {
    metrics,
    ...(classes > 2 && { confusion: rowsOf(total.confusion, classes) }),
    images,
    spikes: results.reduce((sum, result) => sum + result.spikes, 0),
    score: segmentationScore(metrics),
    remarks: remarksOn([...images, { name: 'in all', metrics }], classNames),
  };
}

function remarksOn(
  results: readonly { readonly name: string; readonly metrics: SegmentationMetrics }[],
  classNames: readonly string[],
): string[] {
  return results.flatMap(({ name, metrics }) => {
    const missing = whatIsMissing(metrics, classNames);
    return missing === undefined ? [] : [`${name}: ${missing}`];
  });
}

function rowsOf(matrix: Float64Array, classes: number): number[][] {
  return Array.from({ length: classes }, (_, k) => [...matrix.subarray(k * classes, (k + 1) * classes)]);
}

/** Adds noise of `sigma` grey levels to every sample (one random stream per image) and removes it again. */
export function evaluateDenoising(
  samples: readonly Sample[],
  run: Run,
  sigma: number,
  seed: number,
  onImage?: OnImage,
): Evaluation {
  return denoisingOf(
    samples.map((sample) => denoiseImage(sample, run, sigma, seed, onImage)),
    sigma,
  );
}

function denoisingOf(results: readonly DenoisedImage[], sigma: number): Evaluation {
  const images = results.map(({ name, psnr, ssim, spikes }) => ({
    name,
    metrics: { psnr, ssim, sigma },
    spikes,
  }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = (key: 'psnr' | 'ssim' | 'noisyPsnr') => mean(results.map((result) => result[key]));
  const metrics = { psnr: of('psnr'), ssim: of('ssim'), sigma };
  const remarks = remarksOnNoise(metrics.psnr, of('noisyPsnr'));
  const spikes = images.reduce((sum, image) => sum + image.spikes, 0);
  return { metrics, images, spikes, score: metrics.psnr, remarks };
}

/** Less than this many dB above the noisy pictures is no denoising. */
const LEAST_GAIN = 0.5;

function remarksOnNoise(score: number, noisy: number): string[] {
  if (!(score < noisy + LEAST_GAIN)) return [];
  const [ours, theirs] = [score, noisy].map((value) => value.toFixed(2));
  return [
    `in all: ${ours} dB, the noisy pictures themselves have ${theirs} dB: the network removes no noise`,
  ];
}

/** The name of `score` in a model's evaluations. */
export function scoreName({ configuration, classNames }: Model): 'F1' | 'mIoU' | 'PSNR' {
  if (configuration.task === 'denoise') return 'PSNR';
  return classNames.length > 2 ? 'mIoU' : 'F1';
}

/** Default noise that a denoiser has to remove, in grey levels: the middle one of the paper's three. */
export const USUAL_SIGMA = 25;

export interface RunEvaluationOptions {
  /** Grey levels; default: 25. */
  readonly sigma?: number | undefined;
  readonly seed: number;
  /** Id of a class that does not count. */
  readonly ignore?: number | undefined;
}

/** What of a model says how it is evaluated. */
export type Judged = Pick<Model, 'configuration' | 'classNames'>;

/**
 * Evaluates a run in a model's task; `sigma` and `seed` are those of the noise that a denoiser has to
 * remove.
 */
export function evaluateRun(
  model: Judged,
  samples: readonly Sample[],
  run: Run,
  options: RunEvaluationOptions,
  onImage?: OnImage,
): Evaluation {
  const results = samples.map((sample) => judgeImage(model, sample, run, options, onImage));
  return evaluationOf(model, results, options);
}

/** One image of `evaluateRun`. */
export function judgeImage(
  { configuration, classNames }: Judged,
  sample: Sample,
  run: Run,
  { sigma = USUAL_SIGMA, seed, ignore }: RunEvaluationOptions,
  onImage?: OnImage,
): ImageResult {
  return configuration.task === 'denoise'
    ? denoiseImage(sample, run, sigma, seed, onImage)
    : segmentImage(sample, run, classNames.length, onImage, ignore);
}

/** The evaluation of images, in their order, from what `judgeImage` says of each in the same task. */
export function evaluationOf(
  { configuration, classNames }: Judged,
  results: readonly ImageResult[],
  { sigma = USUAL_SIGMA, ignore }: Omit<RunEvaluationOptions, 'seed'>,
): Evaluation {
  return configuration.task === 'denoise'
    ? denoisingOf(results as readonly DenoisedImage[], sigma)
    : segmentationOf(results as readonly SegmentedImage[], classNames, ignore);
}

/** An evaluation that can select networks: its score is a number. */
export interface ScoredEvaluation extends Evaluation {
  readonly score: number;
}

/** `evaluateRun` for selecting networks by score; DataError if the images give no score. */
export function evaluateTask(
  model: Model,
  samples: readonly Sample[],
  run: Run,
  noise: Omit<RunEvaluationOptions, 'ignore'>,
  onImage?: OnImage,
): ScoredEvaluation {
  const evaluation = evaluateRun(model, samples, run, noise, onImage);
  return { ...evaluation, score: scoreOf(evaluation, model, samples) };
}

/** Refuses images that give no score, because nothing is to be found in them (DataError). */
export function requireScore(model: Model, samples: readonly Sample[]): void {
  const { configuration, classNames } = model;
  if (configuration.task === 'denoise') return;
  const tallies = samples.map(({ label, fov }) => tallyOf(label!, label!, fov, classNames.length));
  const metrics = metricsOf(tallies.reduce(addTallies), classNames);
  const remarks = remarksOn([{ name: 'in all', metrics }], classNames);
  scoreOf({ score: segmentationScore(metrics), remarks }, model, samples);
}

function scoreOf(
  { score, remarks }: Pick<Evaluation, 'score' | 'remarks'>,
  model: Model,
  samples: readonly Sample[],
): number {
  if (score !== undefined) return score;
  const about = `${samples.length} images that are to judge the network`;
  throw new DataError(`the ${about} have no ${scoreName(model)}: ${remarks.at(-1) ?? 'no class occurs'}`);
}
