/** The figures of the tables: where each is found in the output of `evaluate --json` or `energy --json`. */

import * as z from 'zod/mini';

export interface Metric {
  readonly name: string;
  /** Digits after the point, or `e3` for four digits and an exponent. */
  readonly digits: 0 | 2 | 4 | 'e3';
  /** `time` is an evaluation with --time, on one thread. */
  readonly stage: 'evaluate' | 'energy' | 'time';
  /** Keys that lead to the figure in the JSON of the stage. */
  readonly path: readonly string[];
  /** Whether the figure is a sum over all images that is shown in millions per image. */
  readonly millionsAnImage?: boolean;
}

const ofMetrics = (name: string, key: string, digits: 2 | 4): Metric => ({
  name,
  digits,
  stage: 'evaluate',
  path: ['metrics', key],
});

export const F1 = ofMetrics('F1', 'f1', 4);
export const JS = ofMetrics('JS', 'js', 4);
/**
 * Accuracy over the whole image. The paper's figures for DRIVE fit the padded image best (docs/audit.md),
 * 0.003 higher.
 */
export const ACC = ofMetrics('ACC', 'acc', 4);
export const MIOU = ofMetrics('mIoU', 'miou', 4);
export const PSNR = ofMetrics('PSNR', 'psnr', 2);
export const SSIM = ofMetrics('SSIM', 'ssim', 4);
/** Operations or joules per image; `model` is one of the three of `energy`. */
export const energyMetric = (what: 'operations' | 'joules', ...model: readonly string[]): Metric => ({
  name: what,
  digits: 'e3',
  stage: 'energy',
  path: [...model, what],
});

/** Spikes of an evaluation, in millions per image. */
export const SPIKES: Metric = {
  ...{ name: 'million spikes', digits: 2, stage: 'evaluate', path: ['spikes'] },
  millionsAnImage: true,
};
/** Milliseconds per image, the median over the images. */
export const MILLISECONDS: Metric = { name: 'ms', digits: 0, stage: 'time', path: ['milliseconds'] };
/** For a network that is also run as a U-Net: how many output values are compared, or how many differ. */
export const comparedMetric = (what: 'values' | 'different'): Metric => ({
  ...{ name: what, digits: 0, stage: 'evaluate', path: ['compared', what] },
});

/** A figure from the JSON of a stage; undefined if it is not there. */
export function measured(metric: Metric, result: unknown): number | undefined {
  const value = valueAt(metric, result);
  if (!metric.millionsAnImage || value === undefined) return value;
  return value / 1e6 / (result as { images: readonly unknown[] }).images.length;
}

function valueAt({ path }: Metric, result: unknown): number | undefined {
  const value = path.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    result,
  );
  return z.number().safeParse(value).data;
}
