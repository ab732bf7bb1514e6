/**
 * Table 2: denoising. Its rows couple a T with a metric;
 * the text has T = 10 for grey and 20 for colour, as here.
 */

import { type Cell, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { type Metric, PSNR, SSIM } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

/** Networks in the order of the columns. */
function networks(experiment: string): Cell[] {
  return [unet(experiment), spiking('finetuned', experiment, experiments[experiment].steps)];
}

/** The paper's figures of the U-Net and of MT FT, for each sigma. */
export const PAPER_DENOISERS: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  'bsd-grey PSNR': [
    [31.02, 28.61, 25.72],
    [31.08, 28.72, 25.86],
  ],
  'bsd-grey SSIM': [
    [0.868, 0.799, 0.684],
    [0.869, 0.802, 0.692],
  ],
  'bsd-color PSNR': [
    [33.32, 30.59, 27.14],
    [33.14, 30.57, 27.24],
  ],
  'bsd-color SSIM': [
    [0.92, 0.864, 0.749],
    [0.913, 0.858, 0.753],
  ],
};

function rows(experiment: string, metric: Metric): Row[] {
  const { title, steps, sigmas } = experiments[experiment];
  const paper = PAPER_DENOISERS[`${experiment} ${metric.name}`];
  return sigmas.map((sigma, s) => ({
    labels: [title, String(steps), metric.name, String(sigma)],
    entries: networks(experiment).map((cell, i) => ({ cell, metric, sigma, paper: paper[i][s] })),
  }));
}

export const table2: Table = {
  title: 'Table 2: denoising',
  columns: ['data set', 'T', 'metric', 'sigma', 'U-Net', 'MT FT'],
  rows: ['bsd-grey', 'bsd-color'].flatMap((name) => [...rows(name, PSNR), ...rows(name, SSIM)]),
};
