/** Table 2: denoising. Its rows couple a T with a metric; the text has T = 10 for grey and 20 for colour, as here. */

import { type Cell, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { type Metric, PSNR, SSIM } from '../metric.js';
import type { Row, Table } from '../table.js';

/** Networks in the order of the columns. */
function networks(experiment: string): Cell[] {
  return [unet(experiment), spiking('finetuned', experiment, experiments[experiment].steps)];
}

function rows(experiment: string, metric: Metric, paper: readonly (readonly number[])[]): Row[] {
  const { title, steps, sigmas } = experiments[experiment];
  return sigmas.map((sigma, s) => ({
    labels: [title, String(steps), metric.name, String(sigma)],
    entries: networks(experiment).map((cell, i) => ({ cell, metric, sigma, paper: paper[s][i] })),
  }));
}

export const table2: Table = {
  title: 'Table 2: denoising',
  columns: ['data set', 'T', 'metric', 'sigma', 'U-Net', 'MT FT'],
  rows: [
    ...rows('bsd-grey', PSNR, [
      [31.02, 31.08],
      [28.61, 28.72],
      [25.72, 25.86],
    ]),
    ...rows('bsd-grey', SSIM, [
      [0.868, 0.869],
      [0.799, 0.802],
      [0.684, 0.692],
    ]),
    ...rows('bsd-color', PSNR, [
      [33.32, 33.14],
      [30.59, 30.57],
      [27.14, 27.24],
    ]),
    ...rows('bsd-color', SSIM, [
      [0.92, 0.913],
      [0.864, 0.858],
      [0.749, 0.753],
    ]),
  ],
};
