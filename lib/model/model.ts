/**
 * Models as files: safetensors with PyTorch's names and layouts, so that Python reads them with one line, and
 * strings in `__metadata__` that say what the network is and where it comes from: header.ts reads those that
 * U-Net and spiking network share, convert/notes.ts the rest. This file turns bytes into models and back; it
 * opens no files.
 */

import { DataError, UsageError } from '../core/error.js';
import { sha256 } from '../core/sha256.js';
import { checkFinite } from '../core/shape.js';
import { decodeSafetensors, encodeSafetensors, type Written } from '../format/safetensors.js';
import { bitsOfLayer } from '../integer/bitWidths.js';
import { divisorShapes } from '../integer/quantise.js';
import { type Configuration, checkOutputs, type Layer } from '../net/architecture.js';
import { type Architectures, architectures, buildLayers } from '../net/architectures.js';
import { hasRelu, type Network } from '../net/network.js';
import { type MoreShapes, type NamedTensors, packParameters, unpackParameters } from '../net/parameters.js';
import { addedShapes, setsIn } from '../neuron/addedParameters.js';
import { amplitudeShapes } from '../neuron/amplitudes.js';
import { formatHeader, HEADER_KEYS, type Header, MOST_CLASSES, parseHeader } from './header.js';

/** Tensors whose names start with this belong to a checkpoint's optimiser, not to the network. */
export const OPTIMISER_PREFIX = 'optimiser.';
/** Tensors whose names end with this hold the lambdas [O] of a layer's output channels. */
const LAMBDA_SUFFIX = '.lambda';

/** A network with its task and its origin. */
export interface Model extends Network, Header {
  /** All other metadata: seed, dataset, split, metrics, parent, and for a spiking network its neurons. */
  readonly notes: Readonly<Record<string, string>>;
  /** For channel-wise conversion: lambda of each channel [C], by the name of the signal (relu1, ..). */
  readonly channelLambdas?: ReadonlyMap<string, Float32Array>;
}

/**
 * The bytes of a model file. `extra` tensors (an optimiser's moments) are written after the parameters;
 * weights may be rounded to bfloat16, which halves the file.
 */
export function encodeModel(
  model: Model,
  extra: NamedTensors = new Map(),
  weights: 'float32' | 'bfloat16' = 'float32',
): Uint8Array {
  checkWritable(model);
  const metadata = { ...formatHeader(model), ...model.notes };
  const parameters = unpackParameters(model.layers, model.parameters);
  const tensors = new Map([...parameters, ...lambdaTensors(model), ...extra]);
  const dtypeOf = (name: string): Written => {
    if (!parameters.has(name)) return 'F32';
    return model.notes.bits === undefined
      ? weights === 'bfloat16'
        ? 'BF16'
        : 'F32'
      : wholeDtype(model, name);
  };
  return encodeSafetensors({ tensors, metadata }, { dtypeOf, checksum: true });
}

/** How whole numbers (integer/quantise.ts) are written: weights of up to 8 bits are bytes. */
function wholeDtype({ layers, notes }: Model, name: string): Written {
  if (!name.endsWith('.weight')) return 'I32';
  const layer = layers.find((layer) => name === `${layer.name}.weight`)!;
  const bits = { bits: Number(notes.bits), bitsOf: JSON.parse(notes.bitsOf ?? '{}') };
  return bitsOfLayer(bits, layer) <= 8 ? 'I8' : 'I16';
}

/** SHA-256 of the model's file; models that are made from it hold this as `parent`. */
export function hashOfModel(model: Model): string {
  return sha256(encodeModel(model));
}

/** Refuses classes that could not be read back (DataError). */
function checkWritable({ classNames, configuration }: Model): void {
  checkClassNames(classNames, configuration, 'the model');
  if (configuration.classes > MOST_CLASSES) {
    throw new DataError(`the model has ${configuration.classes} classes, expected at most ${MOST_CLASSES}`);
  }
}

function lambdaTensors({ layers, channelLambdas }: Model): NamedTensors {
  const tensors: NamedTensors = new Map();
  for (const { name, output } of layers) {
    const data = channelLambdas?.get(output);
    if (data) tensors.set(name + LAMBDA_SUFFIX, { shape: [data.length], data });
  }
  return tensors;
}

/** The lambdas of all layers with a ReLU, or undefined without any; DataError if only some are there. */
function readLambdas(
  layers: readonly Layer[],
  tensors: NamedTensors,
  source: string,
): Model['channelLambdas'] {
  if (tensors.size === 0) return undefined;
  const known = new Map(layers.filter(hasRelu).map((layer) => [layer.name + LAMBDA_SUFFIX, layer]));
  const unknown = [...tensors.keys()].find((name) => !known.has(name));
  if (unknown) throw new DataError(`${source}: tensor ${unknown} is not part of this network`);
  return new Map(
    [...known].map(([name, layer]) => {
      const tensor = tensors.get(name);
      if (String(tensor?.shape) !== String([layer.channelsOut])) {
        const got = tensor ? `has shape [${tensor.shape}]` : 'is missing';
        throw new DataError(`${source}: tensor ${name} ${got}, expected [${layer.channelsOut}]`);
      }
      const { data } = tensor!;
      checkFinite(`${source}: tensor ${name}`, data);
      const bad = data.findIndex((lambda) => lambda <= 0);
      if (bad >= 0)
        throw new DataError(`${source}: tensor ${name}: ${data[bad]} at ${bad}, expected above 0`);
      return [layer.output, data];
    }),
  );
}

/** Checks that a segmenter has a different name for each class, and a denoiser none (DataError). */
function checkClassNames(names: readonly string[], { task, classes }: Configuration, source: string): void {
  const expected = task === 'segment' ? classes : 0;
  const where = `${source}: classNames`;
  if (names.length !== expected) {
    throw new DataError(`${where}: ${names.length} names, expected ${expected} of a network to ${task}`);
  }
  const twice = names.find((name, id) => names.indexOf(name) !== id);
  if (twice !== undefined) throw new DataError(`${where}: two classes are named "${twice}"`);
}

/** The remark about a file that has no checksums. */
export const NO_CHECKSUM = 'has no checksums (it was written by an older version): damage would go unnoticed';

export interface ModelFile {
  readonly model: Model;
  /** Tensors outside of the network: those of a checkpoint's optimiser. */
  readonly extra: NamedTensors;
  /** False if the file has no checksums, so that damage cannot be noticed. */
  readonly checked: boolean;
}

/** Reads a model file; `table` has its architecture. DataError names the source and what is wrong with it. */
export function decodeModel(
  bytes: Uint8Array,
  source: string,
  table: Architectures = architectures,
): ModelFile {
  const file = decodeSafetensors(bytes, source, { whole: true });
  if (file.metadata.format === undefined) {
    throw new DataError(
      `${source}: not a model of this program; bring a PyTorch state dict in with "import"`,
    );
  }
  const { stage, preprocess, classNames, configuration } = parseHeader(file.metadata, source);
  checkOutputs(configuration, source);
  checkClassNames(classNames, configuration, source);
  const layers = layersOf(configuration, source, table);
  const kindOf = (name: string) =>
    name.startsWith(OPTIMISER_PREFIX) ? 'extra' : name.endsWith(LAMBDA_SUFFIX) ? 'lambda' : 'parameter';
  const tensorsOf = (kind: ReturnType<typeof kindOf>) =>
    new Map([...file.tensors].filter(([name]) => kindOf(name) === kind));
  const more: MoreShapes = stage === 'snn' ? addedTo(file.metadata, source) : amplitudeShapes;
  const parameters = packParameters(layers, tensorsOf('parameter'), source, more);
  const channelLambdas = readLambdas(layers, tensorsOf('lambda'), source);
  const notes = Object.fromEntries(
    Object.entries(file.metadata).filter(([key]) => !HEADER_KEYS.includes(key)),
  );
  const [whole] = notes.bits === undefined ? file.whole : [];
  if (whole !== undefined)
    throw new DataError(
      `${source}: tensor ${whole}: whole numbers, expected F32: its metadata has no "bits"`,
    );
  const model: Model = {
    ...{ layers, parameters, stage, configuration, preprocess, classNames, notes },
    ...(channelLambdas && { channelLambdas }),
  };
  return { model, extra: tensorsOf('extra'), checked: file.checked };
}

/** The shapes that the layers of a spiking network may have besides weight and bias. */
function addedTo(notes: Model['notes'], source: string): MoreShapes {
  try {
    const sets = setsIn(notes);
    return (layer) => new Map([...addedShapes(layer, sets), ...divisorShapes(layer)]);
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${source}: metadata: ${error.message}`) : error;
  }
}

function layersOf(configuration: Configuration, source: string, table: Architectures): readonly Layer[] {
  try {
    return buildLayers(configuration, table);
  } catch (error) {
    throw error instanceof UsageError ? new DataError(`${source}: metadata: ${error.message}`) : error;
  }
}

/** The channels of a model's input, 1 or 3; DataError for a model that takes no pictures. */
export function imageChannels(model: Model): 1 | 3 {
  const { channels } = model.configuration;
  if (channels === 1 || channels === 3) return channels;
  throw new DataError(`the model takes ${channels} channels, pictures have 1 or 3`);
}
