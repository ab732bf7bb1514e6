/** `finetune --gradients`: loss and gradients of one picture, for comparison with other implementations. */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import { DataError, UsageError } from '../../lib/core/error.js';
import { readSample } from '../../lib/data/folder.js';
import { checkSameSize } from '../../lib/data/labelledFiles.js';
import type { Kernels } from '../../lib/engine/contract.js';
import { encodeSafetensors } from '../../lib/format/safetensors.js';
import { imageChannels } from '../../lib/model/model.js';
import { SIZE_STEP } from '../../lib/net/architecture.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { writeFileAtomic } from '../../lib/node/files.js';
import { type AsfChoices, type AsfOptions, asfGradient } from '../../lib/train/asfGradient.js';
import type { Example } from '../../lib/train/example.js';
import { throughAmplitudes } from '../../lib/train/learnedAmplitudes.js';
import type { Result } from './stage.js';

/** Writes grad.NAME for every parameter; nothing is updated. */
export function writeGradients(
  kernels: Kernels,
  model: SpikingModel,
  options: AsfOptions & AsfChoices,
  files: { readonly image?: string; readonly label?: string },
  out: string,
): Result {
  if (files.image === undefined || files.label === undefined) {
    throw new UsageError('--gradients needs --image and --label');
  }
  const example = readExample(model, files.image, files.label);
  const { loss, named } = kernels.scope(() => {
    const { loss, gradients } = throughAmplitudes(model, (parameters) =>
      asfGradient(kernels, { ...model, parameters }, example, options),
    );
    const tensors = [...unpackParameters(model.layers, gradients)];
    return {
      loss,
      named: tensors.map(
        ([name, { shape, data }]) => [`grad.${name}`, { shape, data: data.slice() }] as const,
      ),
    };
  });
  const { logits, flowBias, flow } = options;
  const metadata = { loss: String(loss), steps: String(options.steps), logits, flowBias, flow };
  writeFileAtomic(out, encodeSafetensors({ tensors: new Map(named), metadata }));
  return {
    json: { loss, steps: options.steps, gradients: out },
    text: `loss ${loss}\n${out}: ${named.length} gradients`,
  };
}

/** A picture with its class ids as data folders hold them, or with its clean version: the noise between them is the target. */
function readExample(model: SpikingModel, image: string, label: string): Example {
  const { task, classes } = model.configuration;
  const reading = {
    channels: imageChannels(model),
    preprocess: model.preprocess,
    classes: { count: classes },
  };
  const named = { name: image, image, ...(task === 'segment' && { label }) };
  const { height, width, input, label: ids } = readSample(named, reading);
  if (height % SIZE_STEP !== 0 || width % SIZE_STEP !== 0)
    throw new DataError(`${image}: is ${width}x${height}, expected multiples of ${SIZE_STEP}`);
  if (ids) return { height, width, input, target: ids };
  const clean = readSample({ name: label, image: label }, reading);
  checkSameSize(clean, label, { height, width }, image);
  return { height, width, input, target: input.map((value, i) => value - clean.input[i]) };
}
