/** `finetune --gradients`: loss and gradients of one picture, for comparison with other implementations. */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import { DataError, UsageError } from '../../lib/core/error.js';
import { readSample } from '../../lib/data/folder.js';
import { checkSameSize } from '../../lib/data/labelledFiles.js';
import type { Engine } from '../../lib/engine/door.js';
import type { Example, Method } from '../../lib/engine/learn/method.js';
import { encodeSafetensors } from '../../lib/format/safetensors.js';
import { imageChannels } from '../../lib/model/model.js';
import { multipleOf } from '../../lib/net/graph.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { writeFileAtomic } from '../../lib/node/files.js';
import { inputOf } from '../../lib/picture/sample.js';
import type { Result } from './stage.js';

/** One sample, by the names of its files. */
export interface SampleFiles {
  readonly image?: string;
  readonly label?: string;
}

/** What computes the gradients, and what the file says of it. */
export interface GradientMethod {
  readonly method: Method<SpikingNetwork>;
  readonly about: Readonly<Record<string, string | number>> & { readonly steps: number };
}

/** Writes grad.NAME for every parameter to a file; nothing is updated. */
export function writeGradients(
  engine: Engine,
  model: SpikingModel,
  { method, about }: GradientMethod,
  { image, label }: SampleFiles,
  out: string,
): Result {
  if (image === undefined || label === undefined)
    throw new UsageError('--gradients needs --image and --label');
  const example = readExample(model, image, label);
  const { loss, gradients } = engine.gradient(model, method, [example]);
  const named = [...unpackParameters(model.layers, gradients)].map(
    ([name, tensor]) => [`grad.${name}`, tensor] as const,
  );
  const texts = Object.entries({ loss, ...about }).map(([key, value]) => [key, String(value)]);
  const metadata = Object.fromEntries(texts);
  writeFileAtomic(out, encodeSafetensors({ tensors: new Map(named), metadata }));
  return {
    json: { loss, steps: about.steps, gradients: out },
    text: `loss ${loss}\n${out}: ${named.length} gradients`,
  };
}

/**
 * A picture with its class ids, as data folders hold them; for a denoiser with its clean version, and the
 * noise between them is the target.
 */
function readExample(model: SpikingModel, image: string, label: string): Example {
  const { task, classes } = model.configuration;
  const reading = {
    channels: imageChannels(model),
    preprocess: model.preprocess,
    classes: { count: classes },
  };
  const named = { name: image, image, ...(task === 'segment' && { label }) };
  const sample = readSample(named, reading);
  const { height, width, input, label: ids } = sample;
  const multiple = multipleOf(model.layers);
  if (height % multiple !== 0 || width % multiple !== 0)
    throw new DataError(`${image}: is ${width}x${height}, expected multiples of ${multiple}`);
  if (ids) return { image: inputOf(sample), target: ids };
  const clean = readSample({ name: label, image: label }, reading);
  checkSameSize(clean, label, { height, width }, image);
  return { image: inputOf(sample), target: input.map((value, i) => value - clean.input[i]) };
}
