/**
 * A network on whole images: metrics per image and in total. Totals of segmentation are computed from the counts
 * of all pixels of all images; those of denoising are means over the images.
 */

import type { Sample } from '../image/dataset/dataset.js';
import { addNoise } from '../image/noise.js';
import { accuracy, addCounts, type BinaryCounts, countBinary, f1Score, jaccard } from '../metric/binary.js';
import { confusionMatrix, ioUs, meanIoU } from '../metric/miou.js';
import { psnr } from '../metric/psnr.js';
import { ssim } from '../metric/ssim.js';
import { DataError } from '../tensor/error.js';
import { type Rng, stream } from '../tensor/rng.js';
import type { Model } from '../unet/model.js';
import { argmax, predict, type Run } from '../unet/predict.js';

export interface BinaryMetrics {
  readonly f1: number;
  readonly js: number;
  readonly acc: number;
}

/** Fractions 0..1; `fov` counts pixels inside the field of view only, where the data set has one. */
export interface SegmentationMetrics extends Partial<BinaryMetrics> {
  readonly fov?: BinaryMetrics;
  readonly miou?: number;
  /** Per class; classes that occur neither in the labels nor in the predictions are left out. */
  readonly iou?: Readonly<Record<string, number>>;
  /** Those that were left out. */
  readonly absent?: readonly string[];
}

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
  /** Of more than two classes: pixels by true class (row) and predicted class (column), in the order of their ids. */
  readonly confusion?: readonly (readonly number[])[];
  /** What picks the best model: F1 (inside the field of view), mIoU or PSNR; larger is better. */
  readonly score: number;
}

/**
 * Called with every image as it is done: its prediction as class ids [H,W] or as a clean image [H,W,C] 0..1, and the
 * input [H,W,C] that the network saw.
 */
export type OnImage = (sample: Sample, prediction: Uint8Array | Float32Array, seen: Float32Array) => void;

/**
 * Segments every sample; labels outside the field of view count as they are, predictions there as background. Pixels
 * whose label is the class `ignore` do not count where there are more than two classes.
 */
export function evaluateSegmentation(
  samples: readonly Sample[],
  run: Run,
  classNames: readonly string[],
  onImage?: OnImage,
  ignore?: number,
): Evaluation {
  const results = samples.map((sample) => {
    if (!sample.label) throw new DataError(`${sample.name}: no label to compare with`);
    const { output, spikes } = predict(run, sample.input, sample.height, sample.width);
    const prediction = argmax(output, classNames.length);
    sample.fov?.forEach((inside, p) => {
      if (!inside) prediction[p] = 0;
    });
    onImage?.(sample, prediction, sample.input);
    return { name: sample.name, spikes, ...compare(prediction, sample, classNames.length, ignore) };
  });
  const describe =
    classNames.length === 2 ? binaryMetrics : (tally: Tally) => multiClassMetrics(tally, classNames);
  const total = results.map((result) => result.tally).reduce(addTallies);
  const metrics = describe(total);
  return {
    metrics,
    ...(classNames.length > 2 && { confusion: rowsOf(total.confusion, classNames.length) }),
    images: results.map(({ name, spikes, tally }) => ({ name, metrics: describe(tally), spikes })),
    spikes: results.reduce((sum, result) => sum + result.spikes, 0),
    score: metrics.miou ?? metrics.fov?.f1 ?? metrics.f1!,
  };
}

/** Counts that can be added over images. */
interface Tally {
  readonly whole: BinaryCounts;
  readonly fov: BinaryCounts | undefined;
  readonly confusion: Float64Array;
}

function compare(prediction: Uint8Array, { label, fov }: Sample, classes: number, ignore?: number) {
  const tally: Tally = {
    whole: countBinary(prediction, label!),
    fov: fov && countBinary(prediction, label!, fov),
    confusion: confusionMatrix(prediction, label!, classes, ignore),
  };
  return { tally };
}

function addTallies(a: Tally, b: Tally): Tally {
  return {
    whole: addCounts(a.whole, b.whole),
    fov: a.fov && b.fov && addCounts(a.fov, b.fov),
    confusion: a.confusion.map((value, i) => value + b.confusion[i]),
  };
}

function binaryMetrics(tally: Tally): SegmentationMetrics {
  const describe = (c: BinaryCounts) => ({ f1: f1Score(c), js: jaccard(c), acc: accuracy(c) });
  return { ...describe(tally.whole), ...(tally.fov && { fov: describe(tally.fov) }) };
}

function rowsOf(matrix: Float64Array, classes: number): number[][] {
  return Array.from({ length: classes }, (_, k) => [...matrix.subarray(k * classes, (k + 1) * classes)]);
}

function multiClassMetrics(tally: Tally, classNames: readonly string[]): SegmentationMetrics {
  const values = ioUs(tally.confusion, classNames.length);
  const present = classNames.flatMap((name, k) =>
    values[k] === undefined ? [] : [[name, values[k]] as const],
  );
  const absent = classNames.filter((_, k) => values[k] === undefined);
  return { miou: meanIoU(values), iou: Object.fromEntries(present), absent };
}

/** The random numbers of the noise on one image of a test. */
export function testNoise(seed: number, sigma: number, { name }: Sample): Rng {
  return stream(seed, 'noise', sigma, name);
}

/** Adds noise of `sigma` grey levels to every sample (one random stream an image) and removes it again. */
export function evaluateDenoising(
  samples: readonly Sample[],
  run: Run,
  sigma: number,
  seed: number,
  onImage?: OnImage,
): Evaluation {
  const images = samples.map((sample) => {
    const { height, width, channels } = sample;
    const { input } = addNoise(sample.input, sigma, testNoise(seed, sigma, sample));
    const { output, spikes } = predict(run, input, height, width);
    const clean = input.map((value, i) => Math.min(1, Math.max(0, value - output[i])));
    onImage?.(sample, clean, input);
    const [ours, truth] = [clean, sample.input].map((image) => image.map((value) => 255 * value));
    const similarity = ssim(ours, truth, { height, width, channels });
    return { name: sample.name, metrics: { psnr: psnr(ours, truth), ssim: similarity, sigma }, spikes };
  });
  const mean = (key: 'psnr' | 'ssim') =>
    images.reduce((sum, image) => sum + image.metrics[key], 0) / images.length;
  const metrics = { psnr: mean('psnr'), ssim: mean('ssim'), sigma };
  const spikes = images.reduce((sum, image) => sum + image.spikes, 0);
  return { metrics, images, spikes, score: metrics.psnr };
}

/** What `score` is of a model's evaluations. */
export function scoreName({ configuration, classNames }: Model): 'F1' | 'mIoU' | 'PSNR' {
  if (configuration.task === 'denoise') return 'PSNR';
  return classNames.length > 2 ? 'mIoU' : 'F1';
}

/** Evaluates a run in a model's task; `sigma` and `seed` are those of the noise that a denoiser has to remove. */
export function evaluateTask(
  model: Model,
  samples: readonly Sample[],
  run: Run,
  { sigma, seed }: { readonly sigma: number; readonly seed: number },
  onImage?: OnImage,
): Evaluation {
  return model.configuration.task === 'denoise'
    ? evaluateDenoising(samples, run, sigma, seed, onImage)
    : evaluateSegmentation(samples, run, model.classNames, onImage);
}
