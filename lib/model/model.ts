/**
 * Models as files: safetensors with PyTorch's names and layouts, so that Python reads them with one line, and
 * strings in `__metadata__` that say what the network is and where it comes from. This file knows the part of
 * the metadata that U-Net and spiking network share; convert/spikingModel.ts knows the rest.
 * It turns bytes into models and back; it opens no files.
 */

import { z } from 'zod';
import { DataError } from '../core/error.js';
import { checkFinite } from '../core/shape.js';
import { decodeSafetensors, encodeSafetensors } from '../format/safetensors.js';
import { type Configuration, checkOutputs, type Layer } from '../net/architecture.js';
import { buildLayers } from '../net/architectures.js';
import { hasRelu, type Network } from '../net/network.js';
import { type NamedTensors, packParameters, unpackParameters } from '../net/parameters.js';
import { VOID } from '../op/losses.js';

export const MODEL_FORMAT = 'spiking-unet/1';

/** Tensors whose names start so belong to a checkpoint's optimiser, not to the network. */
export const OPTIMISER_PREFIX = 'optimiser.';
/** Tensors whose names end so hold the lambdas [O] of a layer's output channels. */
const LAMBDA_SUFFIX = '.lambda';

/** A class id is a byte of a label, and one byte is for pixels that do not count. */
const MOST_CLASSES = VOID;

const count = z.coerce.number().int().min(1);
const header = z.object({
  format: z.literal(MODEL_FORMAT),
  stage: z.enum(['ann', 'snn', 'both']),
  task: z.enum(['segment', 'denoise']),
  width: count,
  channels: count,
  classes: count.max(MOST_CLASSES),
  preprocess: z.enum(['plain', 'drive']),
  classNames: z.string().transform(readNames),
});

/** Names separated by commas, or as a JSON list where one of them is empty or holds a comma. */
function namesToText(names: readonly string[]): string {
  const plain = names.every((name) => name !== '' && !name.includes(',') && !name.startsWith('['));
  return plain ? names.join(',') : JSON.stringify(names);
}

function readNames(text: string, context: z.RefinementCtx): string[] {
  if (text === '') return [];
  if (!text.startsWith('[')) return text.split(',');
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected names separated by commas, or a JSON list of them',
    });
    return z.NEVER;
  }
}

/** A network with what it is for and where it comes from. */
export interface Model extends Network {
  /** U-Net, spiking network, or the weights of a U-Net with all that makes a spiking network of it. */
  readonly stage: 'ann' | 'snn' | 'both';
  readonly configuration: Configuration;
  /** How pictures become its input. */
  readonly preprocess: 'plain' | 'drive';
  /** Names of the classes in the order of their ids; empty for denoising. */
  readonly classNames: readonly string[];
  /** Everything else the file says: seed, dataset, split, metrics, parent, and for a spiking network its neurons. */
  readonly notes: Readonly<Record<string, string>>;
  /** Where it is or can be converted channel-wise: lambda of each channel [C] by the name of the signal (relu1, ..). */
  readonly channelLambdas?: ReadonlyMap<string, Float32Array>;
}

/**
 * The bytes of a model file. `extra` tensors (an optimiser's moments) are written after the parameters; weights may
 * be rounded to bfloat16, which halves the file.
 */
export function encodeModel(
  model: Model,
  extra: NamedTensors = new Map(),
  weights: 'float32' | 'bfloat16' = 'float32',
): Uint8Array {
  const { task, width, channels, classes } = model.configuration;
  checkWritable(model);
  const metadata = {
    format: MODEL_FORMAT,
    stage: model.stage,
    task,
    width: String(width),
    channels: String(channels),
    classes: String(classes),
    preprocess: model.preprocess,
    classNames: namesToText(model.classNames),
    ...model.notes,
  };
  const parameters = unpackParameters(model.layers, model.parameters);
  const tensors = new Map([...parameters, ...lambdaTensors(model), ...extra]);
  const half = (name: string) => weights === 'bfloat16' && parameters.has(name);
  return encodeSafetensors({ tensors, metadata }, { isHalf: half, checksum: true });
}

/** DataError for classes that could not be read back. */
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

/** The lambdas of every layer behind which there is a ReLU, or none at all; DataError for anything between. */
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

/** A segmenter has a name for each class and no two alike, a denoiser none. */
function checkClassNames(names: readonly string[], { task, classes }: Configuration, source: string): void {
  const expected = task === 'segment' ? classes : 0;
  const where = `${source}: classNames`;
  if (names.length !== expected) {
    throw new DataError(`${where}: ${names.length} names, expected ${expected} of a network to ${task}`);
  }
  const twice = names.find((name, id) => names.indexOf(name) !== id);
  if (twice !== undefined) throw new DataError(`${where}: two classes are named "${twice}"`);
}

/** What to say of a file that is read although it is not `checked`. */
export const NO_CHECKSUM = 'has no checksums (it was written by an older version): damage would go unnoticed';

export interface ModelFile {
  readonly model: Model;
  /** Tensors that are not the network's: a checkpoint's optimiser. */
  readonly extra: NamedTensors;
  /** False where the file has no checksums: nobody would notice if it were damaged. */
  readonly checked: boolean;
}

/** Reads a model file; DataError names the source and what is wrong with it. */
export function decodeModel(bytes: Uint8Array, source: string): ModelFile {
  const file = decodeSafetensors(bytes, source);
  if (file.metadata.format === undefined) {
    throw new DataError(
      `${source}: not a model of this program; bring a PyTorch state dict in with "import"`,
    );
  }
  const parsed = header.safeParse(file.metadata);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new DataError(`${source}: metadata "${path.join('.')}": ${message}`);
  }
  const { stage, preprocess, classNames, format: _format, ...configuration } = parsed.data;
  checkOutputs(configuration, source);
  checkClassNames(classNames, configuration, source);
  const layers = buildLayers(configuration);
  const kindOf = (name: string) =>
    name.startsWith(OPTIMISER_PREFIX) ? 'extra' : name.endsWith(LAMBDA_SUFFIX) ? 'lambda' : 'parameter';
  const tensorsOf = (kind: ReturnType<typeof kindOf>) =>
    new Map([...file.tensors].filter(([name]) => kindOf(name) === kind));
  const parameters = packParameters(layers, tensorsOf('parameter'), source);
  const channelLambdas = readLambdas(layers, tensorsOf('lambda'), source);
  const known = new Set(Object.keys(header.shape));
  const notes = Object.fromEntries(Object.entries(file.metadata).filter(([key]) => !known.has(key)));
  const model: Model = {
    ...{ layers, parameters, stage, configuration, preprocess, classNames, notes },
    ...(channelLambdas && { channelLambdas }),
  };
  return { model, extra: tensorsOf('extra'), checked: file.checked };
}

/** The channels of a model's input as pictures have them; DataError for a model that takes no pictures. */
export function imageChannels(model: Model): 1 | 3 {
  const { channels } = model.configuration;
  if (channels === 1 || channels === 3) return channels;
  throw new DataError(`the model takes ${channels} channels, pictures have 1 or 3`);
}
