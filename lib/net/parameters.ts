/**
 * The weights and biases of a network: packed arrays by PyTorch name (`conv1.weight`, `conv1.bias`, ..) in
 * the order of the layer table. Gradients and optimiser moments have the same form. Here they are initialised
 * and converted from and to PyTorch's layouts.
 */

import { DataError } from '../core/error.js';
import { stream } from '../core/rng.js';
import { checkFinite, checkLength, sizeOf } from '../core/shape.js';
import type { TensorFile } from '../format/safetensors.js';
import type { Weights } from '../op/op.js';
import { type Layer, parameterShapes } from './architecture.js';
import { he, type Initialisation } from './initialisation.js';

/**
 * Packed weights [ky,kx,I,O] and biases [O] by name; a layer may have more vectors (neuron/amplitudes.ts).
 */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** Named tensors in PyTorch's layouts, as a file holds them. */
export type NamedTensors = TensorFile['tensors'];

/**
 * Weights as an initialisation draws them, He's where nobody says otherwise; biases 0; one random stream a
 * layer.
 */
export function initialParameters(
  layers: readonly Layer[],
  seed: number,
  initialisation: Initialisation = he,
): Parameters {
  return buildParameters(layers, (name, shape, layer) => {
    const values = new Float32Array(sizeOf(shape));
    if (name.endsWith('.bias')) return values;
    const random = stream(seed, 'init', name);
    return values.map(() => initialisation.draw(random, layer));
  });
}

/** Parameters whose arrays `make` allocates, given their lengths: for gradients. */
export function newParameters(layers: readonly Layer[], make: (length: number) => Float32Array): Parameters {
  return buildParameters(layers, (_name, shape) => make(sizeOf(shape)));
}

/** Zeros in the form of the parameters: for moments. */
export function zerosLike(parameters: Parameters): Parameters {
  return mapParameters(parameters, ({ length }) => new Float32Array(length));
}

/** The parameters with each tensor replaced by what `change` makes of it. */
export function mapParameters(
  parameters: Parameters,
  change: (values: Float32Array) => Float32Array,
): Parameters {
  return new Map([...parameters].map(([name, values]) => [name, change(values)]));
}

const STATISTICS = ['.mean', '.variance'];

/**
 * Whether a parameter is a running average of statistics (neuron/normalisedParameters.ts), which no optimiser
 * changes.
 */
export function isStatistic(name: string): boolean {
  return STATISTICS.some((suffix) => name.endsWith(suffix));
}

/** The parameters that an optimiser changes. */
export function learnedParameters(parameters: Parameters): Parameters {
  return new Map([...parameters].filter(([name]) => !isStatistic(name)));
}

/**
 * The parameters with those of `addedTo` after the others of their layer, where they are missing; all others
 * are the same arrays.
 */
export function withAdded(
  layers: readonly Layer[],
  parameters: Parameters,
  addedTo: (layer: Layer) => Parameters,
): Parameters {
  const entries = layers.flatMap((layer) => [
    ...[...parameters].filter(([name]) => name.startsWith(`${layer.name}.`)),
    ...[...addedTo(layer)].filter(([name]) => !parameters.has(name)),
  ]);
  return new Map(entries);
}

/** The shapes of parameters that a layer may have besides its weight and bias, by name. */
export type MoreShapes = (layer: Layer) => ReadonlyMap<string, number[]>;

/**
 * Packs the tensors of a state dict, with those of `more` that are present; DataError for a tensor that is
 * missing, unknown, of the wrong shape or not finite.
 */
export function packParameters(
  layers: readonly Layer[],
  tensors: NamedTensors,
  source: string,
  more: MoreShapes = () => new Map(),
): Parameters {
  const pack = (name: string, shape: number[], layer: Layer) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new DataError(`${source}: tensor ${name} is missing, expected shape [${shape}]`);
    if (String(tensor.shape) !== String(shape)) {
      throw new DataError(`${source}: tensor ${name} has shape [${tensor.shape}], expected [${shape}]`);
    }
    checkLength(`${source}: ${name}`, tensor.data, shape);
    checkFinite(`${source}: tensor ${name}`, tensor.data);
    if (shape.length === 1) return tensor.data;
    return layer.op.pack(tensor.data, shape);
  };
  const parameters = buildParameters(
    layers,
    pack,
    (layer) => new Map([...more(layer)].filter(([name]) => tensors.has(name))),
  );
  const unknown = [...tensors.keys()].find((name) => !parameters.has(name));
  if (unknown) throw new DataError(`${source}: tensor ${unknown} is not part of this network`);
  return parameters;
}

/** The parameters (or gradients) as a state dict in PyTorch's names, layouts and order. */
export function unpackParameters(layers: readonly Layer[], parameters: Parameters): NamedTensors {
  const tensors: NamedTensors = new Map();
  for (const layer of layers) {
    const own = layerParameters(parameters, layer);
    for (const [kind, shape] of parameterShapes(layer)) {
      const data = kind === 'weight' ? layer.op.unpack(own.weight, shape) : own.bias;
      tensors.set(`${layer.name}.${kind}`, { shape, data });
    }
    for (const [name, values] of parameters) {
      if (!name.startsWith(`${layer.name}.`) || tensors.has(name)) continue;
      tensors.set(name, { shape: [values.length], data: values });
    }
  }
  return tensors;
}

const NONE: Weights = { weight: new Float32Array(), bias: new Float32Array() };

/** Weight and bias of one layer; empty where its operation has no weight, zeros where it has no bias. */
export function layerParameters(parameters: Parameters, layer: Layer): Weights {
  const { name, op, channelsOut } = layer;
  if (!op.hasWeights) return NONE;
  const weight = parameters.get(`${name}.weight`);
  const bias = op.hasBias === false ? new Float32Array(channelsOut) : parameters.get(`${name}.bias`);
  if (!weight || !bias) throw new Error(`layer ${name} has no parameters`);
  return { weight, bias };
}

/** The weight and the bias of a layer, where it has them, by their names. */
export function namedParameters(layer: Layer, weights: Weights): [name: string, values: Float32Array][] {
  return [...parameterShapes(layer).keys()].map((kind) => [`${layer.name}.${kind}`, weights[kind]]);
}

/** Weight and bias of each layer, and what `more` it has. */
function buildParameters(
  layers: readonly Layer[],
  make: (name: string, shape: number[], layer: Layer) => Float32Array,
  more: MoreShapes = () => new Map(),
): Parameters {
  const parameters = new Map<string, Float32Array>();
  for (const layer of layers) {
    for (const [kind, shape] of parameterShapes(layer)) {
      const name = `${layer.name}.${kind}`;
      parameters.set(name, make(name, shape, layer));
    }
    for (const [name, shape] of more(layer)) parameters.set(name, make(name, shape, layer));
  }
  return parameters;
}
