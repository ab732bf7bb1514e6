/** The figures of the tables: where each stands in what `evaluate --json` prints. */

import { z } from 'zod';

export interface Metric {
  readonly name: string;
  readonly digits: number;
  /** In `evaluate --json`. */
  readonly path: readonly string[];
}

const ofMetrics = (name: string, key: string, digits: number): Metric => ({
  name,
  digits,
  path: ['metrics', key],
});

export const F1 = ofMetrics('F1', 'f1', 4);
export const JS = ofMetrics('JS', 'js', 4);
/** Of the whole image: for DRIVE it is this one that the paper's figures fit. */
export const ACC = ofMetrics('ACC', 'acc', 4);
export const MIOU = ofMetrics('mIoU', 'miou', 4);
export const PSNR = ofMetrics('PSNR', 'psnr', 2);
export const SSIM = ofMetrics('SSIM', 'ssim', 4);
export const SPIKES: Metric = { name: 'spikes', digits: 0, path: ['spikes'] };

/** A figure from what was printed; undefined where it is not there. */
export function measured({ path }: Metric, result: unknown): number | undefined {
  const value = path.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    result,
  );
  return z.number().safeParse(value).data;
}
