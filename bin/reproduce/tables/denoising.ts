/** Not in the paper: denoisers at all three sigmas, converted for one step without training. */

import { type Cell, oneStep, PAPER, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { type Metric, PSNR, SSIM } from '../metric.js';
import type { Row, Table } from '../paperTable.js';
import { BITS } from './oneStep.js';
import { PAPER_DENOISERS } from './table2.js';

function networks(experiment: string): Cell[] {
  const { steps } = experiments[experiment];
  return [
    unet(experiment),
    spiking('converted', experiment, steps, PAPER),
    ...BITS.map((bits) => spiking('converted', experiment, 1, oneStep(bits))),
  ];
}

function rows(experiment: string, metric: Metric): Row[] {
  const { title, sigmas } = experiments[experiment];
  const papers = PAPER_DENOISERS[`${experiment} ${metric.name}`];
  return sigmas.map((sigma, s) => ({
    labels: [title, metric.name, String(sigma)],
    entries: networks(experiment).map((cell, i) => ({
      ...{ cell, metric, sigma },
      ...(i === 0 && { paper: papers[s][0] }),
    })),
  }));
}

export const denoising: Table = {
  title:
    "Denoising: the paper's conversion at its T (10 grey, 20 colour), one-step at T=1; nothing is fine-tuned",
  columns: [
    ...['data set', 'metric', 'sigma', 'U-Net', "the paper's conversion"],
    ...BITS.map((bits) => `N=${bits}`),
  ],
  rows: ['bsd-grey', 'bsd-color'].flatMap((name) => [...rows(name, PSNR), ...rows(name, SSIM)]),
};
