/**
 * The networks and pictures that are verified: drawn from a seed, small enough to take seconds, with sizes
 * that divide nothing evenly.
 */

import { type NormalisedNetwork, normaliseModel } from '../../lib/convert/normaliseModel.js';
import { type ConvertedModel, withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import type { Example } from '../../lib/engine/learn/method.js';
import type { Model } from '../../lib/model/model.js';
import type { Configuration } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { initialParameters } from '../../lib/net/parameters.js';
import type { NeuronParameters, Reset } from '../../lib/neuron/commonParameters.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { addNoise } from '../../lib/picture/noise.js';

const SEED = 2024;
/** Sides of a picture that has to be padded, to 32x48. */
export const HEIGHT = 30;
export const WIDTH = 45;
/** Sides of a training example. */
const PATCH = 32;
export const PERCENTILE = 99.9;

/** A U-Net with its pictures, examples and conversions, which the reference computes. */
export interface Subject {
  readonly name: string;
  readonly model: Model;
  /** [HEIGHT,WIDTH,C]: the first is run, all of them calibrate. */
  readonly pictures: readonly Float32Array[];
  readonly examples: readonly Example[];
  /** By normalisation. */
  readonly normalised: Readonly<Record<'connection' | 'layer', NormalisedNetwork>>;
}

/** Width 5 leaves lanes of every block empty; width 4 fills them. */
const configurations: Readonly<Record<string, Configuration>> = {
  'grey segmentation, width 5': { task: 'segment', width: 5, channels: 1, classes: 2 },
  'colour denoising, width 4': { task: 'denoise', width: 4, channels: 3, classes: 3 },
};

export function drawSubjects(): Subject[] {
  return Object.entries(configurations).map(([name, configuration]) => {
    const { channels, classes, task } = configuration;
    const layers = buildLayers(configuration);
    const classNames = task === 'segment' ? Array.from({ length: classes }, (_, k) => `${k}`) : [];
    const rest = { stage: 'ann', preprocess: 'plain', classNames, notes: {} } as const;
    const model: Model = { layers, configuration, parameters: drawParameters(layers, name), ...rest };
    const pictures = ['first', 'second'].map((which) => drawUniform(HEIGHT * WIDTH * channels, name, which));
    const examples = [0, 1, 2, 3].map((index) => drawExample(configuration, name, index));
    const images = pictures.map((input) => ({ input, height: HEIGHT, width: WIDTH }));
    const lambdas = measureLambdas(chooseEngine('reference'), model, images, PERCENTILE);
    const normalised = {
      connection: normaliseModel(model, lambdas, 'connection'),
      layer: normaliseModel(model, lambdas, 'layer'),
    };
    return { name, model, pictures, examples, normalised };
  });
}

/** Neurons: a name of the table, and those parameters that differ from the neuron's defaults. */
export interface Population extends Pick<NeuronParameters, 'thresholds'> {
  readonly initialPotential: number;
  readonly neuron: string;
  readonly leak?: number;
  readonly reset?: Reset;
}

/** A spiking network made of a subject. */
export function spikingSubject(
  { model, normalised }: Subject,
  population: Population,
  normalisation: 'connection' | 'layer' = 'connection',
): ConvertedModel {
  const choice = {
    ...population,
    neuron: findNeuron(population.neuron),
    normalisation,
    percentile: PERCENTILE,
  };
  return withNeurons(model, normalised[normalisation], choice);
}

export function drawUniform(length: number, ...path: readonly string[]): Float32Array {
  const random = stream(SEED, 'verify', ...path);
  return Float32Array.from({ length }, () => random.uniform());
}

/** Random parameters: biases of a fresh network are 0, and a missing one would go unnoticed. */
function drawParameters(layers: Model['layers'], name: string): Model['parameters'] {
  const drawn = [...initialParameters(layers, SEED)].map(([key, values]) => {
    const random = stream(SEED, 'verify', name, key);
    const bias = () => values.map(() => 0.1 * random.normal());
    return [key, key.endsWith('.bias') ? bias() : values] as const;
  });
  return new Map(drawn);
}

function drawExample({ task, channels, classes }: Configuration, name: string, index: number): Example {
  const random = stream(SEED, 'verify', name, 'example', index);
  const image = (data: Float32Array) => ({ data, height: PATCH, width: PATCH, channels });
  const clean = Float32Array.from({ length: PATCH * PATCH * channels }, () => random.uniform());
  if (task === 'segment') {
    const target = Uint8Array.from({ length: PATCH * PATCH }, () => random.integer(classes));
    return { image: image(clean), target };
  }
  const { input, noise } = addNoise(clean, 25, random);
  return { image: image(input), target: noise };
}
