/**
 * A network on whole images: metrics per image and in total. Totals of segmentation are computed
 * from the counts of all pixels of all images; those of denoising are means over the images.
 */

import { DataError } from '../core/error.js';
import { type Rng, stream } from '../core/rng.js';
import { argmax, type Run } from '../engine/predict.js';
import type { Model } from '../model/model.js';
import { VOID } from '../op/losses.js';
import { addNoise, removeNoise } from '../picture/noise.js';
import { inputOf, type Sample } from '../picture/sample.js';
import { psnr } from './psnr.js';
import {
  addTallies,
  metricsOf,
  type SegmentationMetrics,
  segmentationScore,
  tallyOf,
  whatIsMissing,
} from './segmentation.js';
import { ssim } from './ssim.js';

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
 * Called with every image as it is done: its prediction as class ids [H,W] or as a clean image [H,W,C] 0..1,
 * and the network's input [H,W,C].
 */
export type OnImage = (sample: Sample, prediction: Uint8Array | Float32Array, seen: Float32Array) => void;

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
  const classes = classNames.length;
  const results = samples.map((sample) => {
    if (!sample.label) throw new DataError(`${sample.name}: no label to compare with`);
    const { output, spikes } = run(inputOf(sample));
    const prediction = argmax(output, classes);
    sample.fov?.forEach((inside, p) => {
      if (!inside) prediction[p] = 0;
    });
    onImage?.(sample, prediction, sample.input);
    const label = ignore === undefined ? sample.label : sample.label.map((id) => (id === ignore ? VOID : id));
    return { name: sample.name, spikes, tally: tallyOf(prediction, label, sample.fov, classes) };
  });
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

/** The random numbers of the noise on one image of a test. */
export function testNoise(seed: number, sigma: number, { name }: Sample): Rng {
  return stream(seed, 'noise', sigma, name);
}

/** Adds noise of `sigma` grey levels to every sample (one random stream per image) and removes it again. */
export function evaluateDenoising(
  samples: readonly Sample[],
  run: Run,
  sigma: number,
  seed: number,
  onImage?: OnImage,
): Evaluation {
  const noisyScores: number[] = [];
  const images = samples.map((sample) => {
    const { height, width, channels } = sample;
    const { input } = addNoise(sample.input, sigma, testNoise(seed, sigma, sample));
    const { output, spikes } = run(inputOf(sample, input));
    const clean = removeNoise(input, output);
    onImage?.(sample, clean, input);
    const untouched = removeNoise(input, new Float32Array(input.length));
    const levels = [clean, sample.input, untouched].map((image) => image.map((value) => 255 * value));
    const [ours, truth, noisy] = levels;
    noisyScores.push(psnr(noisy, truth));
    const similarity = ssim(ours, truth, { height, width, channels });
    return { name: sample.name, metrics: { psnr: psnr(ours, truth), ssim: similarity, sigma }, spikes };
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = (key: 'psnr' | 'ssim') => mean(images.map((image) => image.metrics[key]));
  const metrics = { psnr: of('psnr'), ssim: of('ssim'), sigma };
  const remarks = remarksOnNoise(metrics.psnr, mean(noisyScores));
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

/**
 * Evaluates a run in a model's task; `sigma` and `seed` are those of the noise that a denoiser has to
 * remove.
 */
export function evaluateRun(
  { configuration, classNames }: Pick<Model, 'configuration' | 'classNames'>,
  samples: readonly Sample[],
  run: Run,
  { sigma = USUAL_SIGMA, seed, ignore }: RunEvaluationOptions,
  onImage?: OnImage,
): Evaluation {
  return configuration.task === 'denoise'
    ? evaluateDenoising(samples, run, sigma, seed, onImage)
    : evaluateSegmentation(samples, run, classNames, onImage, ignore);
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
