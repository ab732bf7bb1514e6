/** Not in the paper: each data set as U-Net, converted and fine-tuned, with both normalisations. */

import { type Cell, PAPER, type PlainConversion, spiking, THEOREM, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { F1, type Metric, MIOU, PSNR } from '../metric.js';
import type { Entry, Row, Table } from '../paperTable.js';

/** Denoisers are shown at this noise, the middle one of the paper's three, in grey levels. */
export const SIGMA = 25;

/** The figure that sums up an experiment. */
export function mainMetric(experiment: string): Metric {
  if (experiments[experiment].sigmas.length > 0) return PSNR;
  return experiment === 'camseq01' ? MIOU : F1;
}

/** The entry of a cell with the main metric of its experiment. */
export function mainEntry(cell: Cell, paper?: number): Entry {
  const { sigmas } = experiments[cell.experiment];
  return { cell, metric: mainMetric(cell.experiment), paper, ...(sigmas.length > 0 && { sigma: SIGMA }) };
}

/** The figures of Tables 1 to 3, as far as they give these cells. */
export interface PaperFigures {
  readonly unet: number;
  readonly converted?: number;
  readonly long?: number;
  readonly finetuned: number;
}

export const PAPER_FIGURES: Readonly<Record<string, PaperFigures>> = {
  'drive connection': { unet: 0.806, finetuned: 0.794 },
  'em connection': { unet: 0.948, finetuned: 0.947 },
  'camseq01 connection': { unet: 0.62, converted: 0.272, long: 0.623, finetuned: 0.651 },
  'camseq01 layer': { unet: 0.62, finetuned: 0.199 },
  'bsd-grey connection': { unet: 28.61, finetuned: 28.72 },
  'bsd-color connection': { unet: 30.59, finetuned: 30.57 },
};

function row(experiment: string, norm: PlainConversion['norm']): Row {
  const { title, steps, longSteps } = experiments[experiment];
  const conversion = { ...PAPER, norm };
  const paper: Partial<PaperFigures> = PAPER_FIGURES[`${experiment} ${norm}`] ?? {};
  return {
    labels: [title, mainMetric(experiment).name, norm, String(steps)],
    entries: [
      mainEntry(unet(experiment), paper.unet),
      mainEntry(spiking('converted', experiment, steps, conversion), paper.converted),
      mainEntry(spiking('converted', experiment, longSteps, conversion), paper.long),
      mainEntry(spiking('finetuned', experiment, steps, conversion), paper.finetuned),
    ],
  };
}

/** Not the paper's: thresholds of Theorem 3.1, membranes that start at half of the smallest. */
function theoremRow(experiment: string): Row {
  const { title, steps } = experiments[experiment];
  return {
    labels: [title, mainMetric(experiment).name, 'connection, 0.5 .. 0.0625, half', String(steps)],
    entries: [
      mainEntry(unet(experiment)),
      mainEntry(spiking('converted', experiment, steps, THEOREM, true)),
      undefined,
      mainEntry(spiking('finetuned', experiment, steps, THEOREM, true)),
    ],
  };
}

export const overview: Table = {
  title: `U-Net, converted, fine-tuned (denoising at sigma ${SIGMA})`,
  columns: [
    'data set',
    'metric',
    'normalisation',
    'T',
    'U-Net',
    'converted',
    'converted, T=1000 (BSD 200)',
    'fine-tuned',
  ],
  rows: Object.keys(experiments).flatMap((name) => [
    row(name, 'connection'),
    row(name, 'layer'),
    theoremRow(name),
  ]),
};
