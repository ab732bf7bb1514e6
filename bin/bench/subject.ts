/** What networks are timed on: models from files or with random weights, and a picture cut to any size. */

import { calibrationInputs } from '../../lib/convert/calibration.js';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import {
  type Choice,
  type ConvertedModel,
  type SpikingModel,
  toSpikingModel,
  toUnet,
  withBits,
  withNeurons,
} from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { stepsOf } from '../../lib/convert/usualSteps.js';
import { UsageError } from '../../lib/core/error.js';
import { roundUp } from '../../lib/core/padding.js';
import type { Engine } from '../../lib/engine/door.js';
import type { Example } from '../../lib/engine/learn/method.js';
import type { Model } from '../../lib/model/model.js';
import { imageChannels } from '../../lib/model/model.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { multipleOf } from '../../lib/net/graph.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { multiThreshold } from '../../lib/neuron/multiThreshold.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import type { Image } from '../../lib/picture/image.js';
import { preprocess } from '../../lib/picture/preprocess.js';
import { readModel } from '../cli/modelOptions.js';

/** The networks of one width. */
export interface Subject {
  readonly width: number;
  readonly unet: Model;
  readonly spiking: SpikingModel;
  /**
   * A network in whole numbers of 8 bits for T steps, converted on the picture: for one step with seven
   * thresholds, for more with the paper's four.
   */
  whole(steps: number): SpikingModel;
  /** Where they come from, for the reader of the table. */
  readonly source: string;
  /** A square of the picture as input, with labels. */
  example(size: number): Example;
}

export interface GivenModel {
  readonly path: string;
  readonly model: Model;
}

const ONE_STEP = { thresholds: optimalThresholds(7), initialPotential: 'half' } as const;
const CALIBRATION = { size: 128, percent: 99.9, seed: 1 };

/**
 * Reads models; UsageError for those that the bench cannot train. A model that holds both networks counts as
 * two, or with `unet` as its U-Net only.
 */
export function readModels(paths: readonly string[], unet: boolean): GivenModel[] {
  return paths.flatMap((path) => {
    const { model } = readModel(path);
    if (model.configuration.task !== 'segment') {
      throw new UsageError(`--model ${path}: removes noise, expected a network that segments`);
    }
    if (unet) return [{ path, model: toUnet(model, path) }];
    if (model.stage !== 'both') return [{ path, model }];
    return [toUnet(model, path), toSpikingModel(model, path)].map((each) => ({ path, model: each }));
  });
}

/** The T of the first spiking network; undefined where there is none. */
export function stepsOfModels(given: readonly GivenModel[]): number | undefined {
  const found = given.find(({ model }) => model.stage === 'snn');
  return found && stepsOf(toSpikingModel(found.model, found.path).conversion);
}

/** The networks of a width: given ones, what can be made of them, or else random ones. */
export function makeSubject(
  width: number,
  given: readonly GivenModel[],
  picture: Image,
  engine: Engine,
  seed: number,
): Subject {
  const ofWidth = given.filter(({ model }) => model.configuration.width === width);
  const unetFile = ofWidth.find(({ model }) => model.stage === 'ann');
  const spikingFile = ofWidth.find(({ model }) => model.stage === 'snn');
  const unet = unetFile?.model ?? spikingFile?.model ?? randomUnet(width, seed);
  const input = preprocess(unet.preprocess, picture, imageChannels(unet));
  const example = (size: number) => cut(input, picture, unet, size);
  const seen = () => example(Math.min(CALIBRATION.size, roundUp(picture.width, multipleOf(unet.layers))));
  const spiking = spikingFile
    ? toSpikingModel(spikingFile.model, spikingFile.path)
    : convert(engine, unet, seen());
  const whole = (steps: number) =>
    withBits(convert(engine, unet, seen(), steps === 1 ? ONE_STEP : {}), { bits: 8 });
  const files = [...new Set(ofWidth.map(({ path }) => path))].join(', ') || `random weights (seed ${seed})`;
  const source = spikingFile ? files : `${files}, converted on its picture`;
  return { width, unet, spiking, whole, source, example };
}

function randomUnet(width: number, seed: number): Model {
  const configuration = { task: 'segment', width, channels: 1, classes: 2 } as const;
  const layers = buildLayers(configuration);
  const parameters = initialParameters(layers, seed);
  const classNames = ['background', 'vessel'];
  return { layers, parameters, stage: 'ann', configuration, preprocess: 'drive', classNames, notes: {} };
}

/** Converts a U-Net; normalisation gives realistic densities of spikes, whatever the weights. */
function convert(
  engine: Engine,
  unet: Model,
  { image }: Example,
  neurons: Pick<Choice, 'thresholds' | 'initialPotential'> = {},
): ConvertedModel {
  const seen = calibrationInputs(
    [{ ...image, input: image.data, name: 'picture' }],
    unet.configuration.task,
    CALIBRATION.seed,
  );
  const lambdas = measureLambdas(engine, unet, seen, CALIBRATION.percent);
  return withNeurons(unet, normaliseModel(unet, lambdas, 'connection'), {
    neuron: multiThreshold,
    normalisation: 'connection',
    percentile: CALIBRATION.percent,
    ...neurons,
  });
}

/** The middle of an input [H,W,C], mirrored where it is too small; labels run through the classes. */
function cut(input: Float32Array, { height, width }: Image, model: Model, size: number): Example {
  const { channels, classes } = model.configuration;
  const result = new Float32Array(size * size * channels);
  const [top, left] = [Math.floor((height - size) / 2), Math.floor((width - size) / 2)];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = mirror(top + y, height) * width + mirror(left + x, width);
      for (let c = 0; c < channels; c++) result[(y * size + x) * channels + c] = input[from * channels + c];
    }
  }
  const target = Uint8Array.from({ length: size * size }, (_, p) => p % classes);
  return { image: { data: result, height: size, width: size, channels }, target };
}

/** Index i of a row of n pixels that is continued by its mirror images. */
function mirror(i: number, n: number): number {
  const k = ((i % (2 * n)) + 2 * n) % (2 * n);
  return k < n ? k : 2 * n - 1 - k;
}
