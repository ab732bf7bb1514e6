/** Not in the paper: the networks that come with the program (fixtures/models). */

import { spiking, THEOREM, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { ACC, F1, JS, type Metric, MIOU, PSNR, SSIM } from '../metric.js';
import type { Row, Table } from '../table.js';

/** The T that each is fine-tuned for: few, and enough. */
export const BUNDLED_STEPS: Readonly<Record<string, number>> = {
  drive: 4,
  em: 4,
  camseq01: 10,
  'bsd-grey': 10,
  'bsd-color': 10,
};

function rows(experiment: string): Row[] {
  const { title, sigmas } = experiments[experiment];
  const steps = BUNDLED_STEPS[experiment];
  const cells = [unet(experiment), spiking('finetuned', experiment, steps, THEOREM, true)];
  const row = (metric: Metric, sigma?: number): Row => ({
    labels: [title, String(steps), metric.name, sigma === undefined ? '' : String(sigma)],
    entries: cells.map((cell) => ({ cell, metric, ...(sigma !== undefined && { sigma }) })),
  });
  if (sigmas.length > 0) return [PSNR, SSIM].flatMap((metric) => sigmas.map((sigma) => row(metric, sigma)));
  return experiment === 'camseq01' ? [row(MIOU)] : [row(F1), row(JS), row(ACC)];
}

export const models: Table = {
  title:
    'The networks that come with the program (thresholds 0.5 .. 0.0625, membranes start at half of the smallest)',
  columns: ['data set', 'T', 'metric', 'sigma', 'U-Net', 'fine-tuned'],
  rows: Object.keys(BUNDLED_STEPS).flatMap(rows),
};
