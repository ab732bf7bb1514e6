/** The paper's Figs. 3 to 5: what must be done for each, and how it is drawn. One line each. */

import { join } from 'node:path';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { findDataset } from '../../lib/data/index.js';
import { firingRates, type Rates } from '../../lib/diagnose/rates.js';
import type { Engine } from '../../lib/engine/door.js';
import { padImage } from '../../lib/engine/predict.js';
import { multipleOf } from '../../lib/net/graph.js';
import type { Image } from '../../lib/picture/image.js';
import { inputOf } from '../../lib/picture/sample.js';
import { type Scatter, scatter } from '../../lib/picture/scatter.js';
import { readModel } from '../cli/modelOptions.js';
import { spiking, unet } from './cell.js';
import { experiments } from './experiment.js';
import { type Job, modelOf, type Settings } from './job.js';
import { networkJob } from './networkJobs.js';
import { pictureJob } from './resultJobs.js';
import { methods } from './tables/methods.js';

export interface Figure {
  readonly title: string;
  /** What must be done, by names that --cells searches, such as `drive/figure4`. */
  parts(settings: Settings): Readonly<Record<string, readonly Job[]>>;
  /** The picture, from what the jobs made below `runs`; left out: the jobs draw it themselves. */
  draw?(settings: Settings, runs: string, engine: Engine): Image;
}

/** All that must be done for a figure. */
export function jobsOfFigure({ parts }: Figure, settings: Settings): readonly Job[] {
  return Object.values(parts(settings)).flat();
}

/** Fig. 3: the layers after the skip connections, and the two normalisations. */
const LAYERS = ['relu11', 'relu13', 'relu15', 'relu17'];
const NORMS = ['layer', 'connection'] as const;
const CORRELATED = 'camseq01';
/** Dots of a panel, about. */
const DOTS = 20_000;

/** The sigma of Fig. 5. */
const SIGMA = 25;

export const figures: Readonly<Record<string, Figure>> = {
  figure3: {
    title: 'Fig. 3: activation against firing rate, layer-wise above connection-wise (CamSeq01)',
    parts: (settings) => ({
      [`${CORRELATED}/figure3`]: [unetJob(settings), ...NORMS.map((norm) => convertedJob(norm, settings))],
    }),
    draw: drawRates,
  },
  figure4: {
    title: 'Fig. 4: segmentation by the methods of Table 1',
    parts: (settings) => pictureJobs('figure4', ['drive', 'em', 'camseq01'], settings),
  },
  figure5: {
    title: `Fig. 5: denoising by the methods of Table 2, sigma ${SIGMA}`,
    parts: (settings) => pictureJobs('figure5', ['bsd-grey', 'bsd-color'], settings, SIGMA),
  },
};

/** The pictures of each data set by the methods of its table. */
function pictureJobs(figure: string, names: readonly string[], settings: Settings, sigma?: number) {
  const partOf = (name: string) => [pictureJob(figure, methods(name), settings, sigma)];
  return Object.fromEntries(names.map((name) => [`${name}/${figure}`, partOf(name)]));
}

const unetJob = (settings: Settings) => networkJob(unet(CORRELATED), settings).job;

function convertedJob(norm: (typeof NORMS)[number], settings: Settings): Job {
  const { steps } = experiments[CORRELATED];
  return networkJob(spiking('converted', CORRELATED, steps, { norm, neuron: 'mt' }), settings).job;
}

/** The rates of one normalisation on the first test image. */
export interface NormRates {
  readonly norm: string;
  /** T */
  readonly steps: number;
  /** Activations in units of lambda, rates in volts a step. */
  readonly layers: readonly Rates[];
}

/** What Fig. 3 shows, from what its jobs made below `runs`. */
export function figureRates(settings: Settings, runs: string, engine: Engine): NormRates[] {
  const { test, steps, channels } = experiments[CORRELATED];
  const directory = settings.folderOf(test.dataset);
  const dataset = findDataset(directory === undefined ? test.twin : test.dataset);
  const [sample] = dataset.load({
    ...{ split: 'test', seed: settings.seed, channels },
    ...(directory !== undefined && { directory }),
  });
  const load = (job: Job) => readModel(join(runs, modelOf(job))).model;
  const network = load(unetJob(settings));
  const image = padImage(inputOf(sample), multipleOf(network.layers));
  return NORMS.map((norm) => {
    const job = convertedJob(norm, settings);
    const spiking = toSpikingModel(load(job), job.folder);
    const layers = firingRates(engine, { unet: network, spiking }, image, LAYERS, steps);
    return { norm, steps, layers };
  });
}

function drawRates(settings: Settings, runs: string, engine: Engine): Image {
  const { steps } = experiments[CORRELATED];
  const panels = figureRates(settings, runs, engine).flatMap(({ norm, layers }) =>
    layers.map(({ signal, activations, rates, correlation }): Scatter => {
      const thin = (values: Float64Array) =>
        values.filter((_, n) => n % Math.ceil(values.length / DOTS) === 0);
      const r = correlation === undefined ? 'none' : correlation.toFixed(3);
      return { title: `${signal}, ${norm}: r ${r}`, x: thin(activations), y: thin(rates) };
    }),
  );
  const labels = { xLabel: 'activation / lambda', yLabel: `firing rate over ${steps} steps` };
  return scatter(panels, { most: 1.5, columns: LAYERS.length, ...labels });
}
