/**
 * Models as files: safetensors with PyTorch's names and layouts, so that Python reads them with one line, and
 * strings in `__metadata__` that say what the network is and where it comes from. This file knows the part of
 * the metadata that U-Net and spiking network share; spike/spikingModel.ts knows the rest.
 * It turns bytes into models and back; it opens no files.
 */

import { z } from 'zod';
import { DataError } from '../tensor/error.js';
import { decodeSafetensors, encodeSafetensors } from '../tensor/safetensors.js';
import { buildLayers, type Configuration } from './architecture.js';
import type { Network } from './forward.js';
import { type NamedTensors, packParameters, unpackParameters } from './parameters.js';

export const MODEL_FORMAT = 'spiking-unet/1';

/** Tensors whose names start so belong to a checkpoint's optimiser, not to the network. */
export const OPTIMISER_PREFIX = 'optimiser.';

const count = z.coerce.number().int().min(1);
const header = z.object({
  format: z.literal(MODEL_FORMAT),
  stage: z.enum(['ann', 'snn']),
  task: z.enum(['segment', 'denoise']),
  width: count,
  channels: count,
  classes: count,
  preprocess: z.enum(['plain', 'drive']),
  classNames: z.string().transform((names) => (names === '' ? [] : names.split(','))),
});

/** A network with what it is for and where it comes from. */
export interface Model extends Network {
  readonly stage: 'ann' | 'snn';
  readonly configuration: Configuration;
  /** How pictures become its input. */
  readonly preprocess: 'plain' | 'drive';
  /** Names of the classes in the order of their ids; empty for denoising. */
  readonly classNames: readonly string[];
  /** Everything else the file says: seed, dataset, split, metrics, parent, and for a spiking network its neurons. */
  readonly notes: Readonly<Record<string, string>>;
}

/** The bytes of a model file. `extra` tensors (an optimiser's moments) are written behind the parameters. */
export function encodeModel(model: Model, extra: NamedTensors = new Map()): Uint8Array {
  const { task, width, channels, classes } = model.configuration;
  const metadata = {
    format: MODEL_FORMAT,
    stage: model.stage,
    task,
    width: String(width),
    channels: String(channels),
    classes: String(classes),
    preprocess: model.preprocess,
    classNames: model.classNames.join(','),
    ...model.notes,
  };
  const tensors = new Map([...unpackParameters(model.layers, model.parameters), ...extra]);
  return encodeSafetensors({ tensors, metadata });
}

/** Reads a model file; DataError names the source and what is wrong with it. */
export function decodeModel(bytes: Uint8Array, source: string): { model: Model; extra: NamedTensors } {
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
  const layers = buildLayers(configuration);
  const belongsToNetwork = ([name]: [string, unknown]) => !name.startsWith(OPTIMISER_PREFIX);
  const entries = [...file.tensors];
  const parameters = packParameters(layers, new Map(entries.filter(belongsToNetwork)), source);
  const known = new Set(Object.keys(header.shape));
  const notes = Object.fromEntries(Object.entries(file.metadata).filter(([key]) => !known.has(key)));
  const model: Model = { layers, parameters, stage, configuration, preprocess, classNames, notes };
  return { model, extra: new Map(entries.filter((entry) => !belongsToNetwork(entry))) };
}
