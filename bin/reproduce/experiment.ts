/**
 * The paper's experiments, one entry each: training data, test data, the paper's T, and recipes that take an
 * hour or two on two processor cores (the paper's own settings are in docs/audit.md).
 */

import type { Draw } from './cell.js';

/** A data set, and the synthetic one that replaces it if the data is missing. */
export interface Source {
  readonly dataset: string;
  readonly twin: string;
}

/** Options of a training; what is left out is the stage's or the data set's default. */
export interface Recipe {
  readonly epochs: number;
  readonly batch?: number;
  readonly patches?: number;
  readonly lr?: number;
}

export interface Experiment {
  /** The name of the test data in the paper's tables. */
  readonly title: string;
  readonly train: Source;
  readonly test: Source;
  readonly channels: 1 | 3;
  /** The paper's T. */
  readonly steps: number;
  /** A T above which a converted network hardly changes. */
  readonly longSteps: number;
  /** Noise that a denoiser is tested with, in grey levels; none for segmentation. */
  readonly sigmas: readonly number[];
  readonly recipes: {
    readonly train: Recipe;
    /** Of spiking networks from the start, at the paper's T. */
    readonly direct: Recipe;
    readonly finetune: Recipe;
    /** Of networks in whole numbers, at T=1. */
    readonly wholeNumbers: Recipe;
    /** A shorter recipe at the paper's T, if the usual one takes too long. */
    readonly atPaperSteps?: Recipe;
  };
  /** The images that conversions are measured on; default: all training images. */
  readonly calibration?: Draw;
  /** Approximate number of pixels of all test images, for estimates of time. */
  readonly testPixels: number;
  /** The same of one training image. */
  readonly imagePixels: number;
}

const same = (dataset: string): Source => ({ dataset, twin: `synth-${dataset}` });
/** Weights of few bits change only where many updates agree: more of them, and a larger learning rate. */
const WHOLE_NUMBERS: Recipe = { epochs: 12, patches: 400, lr: 3e-4 };
const BSD200: Source = { dataset: 'bsd300', twin: 'synth-bsd' };
/** Noise of the paper's tests, in grey levels. */
const SIGMAS = [15, 25, 50];
/** Larger learning rates make a converted denoiser worse before they make it better. */
const denoising = {
  recipes: {
    train: { epochs: 40 },
    direct: { epochs: 3, batch: 2, patches: 400 },
    finetune: { epochs: 4, batch: 4, patches: 400, lr: 2e-5 },
    wholeNumbers: { ...WHOLE_NUMBERS, lr: 1e-4 },
  },
  calibration: { images: 40, seed: 1 },
};

export const experiments: Readonly<Record<string, Experiment>> = {
  drive: {
    title: 'DRIVE',
    train: same('drive'),
    test: same('drive'),
    channels: 1,
    steps: 10,
    longSteps: 1000,
    sigmas: [],
    recipes: {
      train: { epochs: 12 },
      direct: { epochs: 2, batch: 8, patches: 800 },
      finetune: { epochs: 4, batch: 8, patches: 1600 },
      wholeNumbers: WHOLE_NUMBERS,
    },
    testPixels: 3.4e6,
    imagePixels: 3.4e5,
  },
  em: {
    title: 'EM',
    train: same('em'),
    test: same('em'),
    channels: 1,
    steps: 50,
    longSteps: 1000,
    sigmas: [],
    recipes: {
      train: { epochs: 12 },
      direct: { epochs: 3, batch: 4, patches: 50 },
      finetune: { epochs: 4, batch: 4, patches: 200 },
      wholeNumbers: WHOLE_NUMBERS,
      atPaperSteps: { epochs: 1, batch: 4, patches: 200 },
    },
    testPixels: 1.3e6,
    imagePixels: 2.6e5,
  },
  camseq01: {
    title: 'CamSeq01',
    train: same('camseq01'),
    test: same('camseq01'),
    channels: 3,
    steps: 20,
    longSteps: 1000,
    sigmas: [],
    recipes: {
      train: { epochs: 40, batch: 4 },
      direct: { epochs: 4, batch: 4, patches: 100 },
      finetune: { epochs: 4, batch: 4, patches: 200 },
      wholeNumbers: WHOLE_NUMBERS,
    },
    testPixels: 0.7e6,
    imagePixels: 7.7e4,
  },
  'bsd-grey': {
    title: 'BSD68',
    train: BSD200,
    test: { dataset: 'bsd68', twin: 'synth-bsd' },
    channels: 1,
    steps: 10,
    longSteps: 200,
    sigmas: SIGMAS,
    ...denoising,
    testPixels: 5.2e6,
    imagePixels: 1.5e5,
  },
  'bsd-color': {
    title: 'CBSD68',
    train: BSD200,
    test: { dataset: 'cbsd68', twin: 'synth-bsd' },
    channels: 3,
    steps: 20,
    longSteps: 200,
    sigmas: SIGMAS,
    ...denoising,
    recipes: { ...denoising.recipes, atPaperSteps: { ...denoising.recipes.finetune, epochs: 2 } },
    testPixels: 5.2e6,
    imagePixels: 1.5e5,
  },
};
