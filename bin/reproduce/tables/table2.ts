/**
 * Table 2: denoising. Its rows couple a T with a metric;
 * the text has T = 10 for grey and 20 for colour, as here.
 */

import { experiments } from '../experiment.js';
import { type Metric, PSNR, SSIM } from '../metric.js';
import type { Row, Table } from '../paperTable.js';
import { METHOD_COLUMNS, methods } from './methods.js';

/** The paper's figures by sigma: of the U-Net, and of DT and FT of ML, RS, MT. */
export const PAPER_DENOISERS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'bsd-grey PSNR': [
    [31.02, 23.92, 28.47, 24.57, 28.51, 25.75, 31.08],
    [28.61, 22.71, 25.98, 23.73, 26.13, 25.06, 28.72],
    [25.72, 18.92, 21.8, 19.22, 21.96, 22.76, 25.86],
  ],
  'bsd-grey SSIM': [
    [0.868, 0.544, 0.74, 0.572, 0.737, 0.757, 0.869],
    [0.799, 0.48, 0.615, 0.534, 0.616, 0.694, 0.802],
    [0.684, 0.308, 0.375, 0.324, 0.396, 0.524, 0.692],
  ],
  'bsd-color PSNR': [
    [33.32, 23.77, 26.31, 26.1, 27.57, 27.84, 33.14],
    [30.59, 21.27, 23.87, 23.55, 24.74, 26.44, 30.57],
    [27.14, 16.41, 19.74, 18.78, 19.23, 22.86, 27.24],
  ],
  'bsd-color SSIM': [
    [0.92, 0.538, 0.634, 0.665, 0.685, 0.828, 0.913],
    [0.864, 0.424, 0.515, 0.537, 0.547, 0.739, 0.858],
    [0.749, 0.236, 0.333, 0.325, 0.328, 0.539, 0.753],
  ],
};

function rows(experiment: string, metric: Metric): Row[] {
  const { title, steps, sigmas } = experiments[experiment];
  const paper = PAPER_DENOISERS[`${experiment} ${metric.name}`];
  return sigmas.map((sigma, s) => ({
    labels: [title, String(steps), metric.name, String(sigma)],
    entries: methods(experiment).map((cell, i) => ({ cell, metric, sigma, paper: paper[s][i] })),
  }));
}

export const table2: Table = {
  title: 'Table 2: denoising',
  columns: ['data set', 'T', 'metric', 'sigma', 'U-Net', ...METHOD_COLUMNS],
  rows: ['bsd-grey', 'bsd-color'].flatMap((name) => [...rows(name, PSNR), ...rows(name, SSIM)]),
};
