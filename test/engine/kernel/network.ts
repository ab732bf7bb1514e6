/** The golden networks of fixtures/make as ours, and comparison with their gradients. */

import type { Test } from 'tap';
import type { Example } from '../../../lib/engine/learn/method.js';
import type { Model } from '../../../lib/model/model.js';
import type { Configuration, Layer } from '../../../lib/net/architecture.js';
import { buildLayers } from '../../../lib/net/architectures.js';
import { type Parameters, packParameters, unpackParameters } from '../../../lib/net/parameters.js';
import { addedShapes } from '../../../lib/neuron/addedParameters.js';
import type { Reset } from '../../../lib/neuron/commonParameters.js';
import { findNeuron, neuronParameters } from '../../../lib/neuron/index.js';
import { goldenFile, goldenTensor, imageOf, requireGolden, type Tensor } from './golden.js';

export type Tensors = ReadonlyMap<string, Tensor>;

/** The network of a golden file and all of the file's tensors. */
export function goldenModel(path: string): { model: Model; tensors: Tensors } {
  const { tensors, metadata } = goldenFile(path);
  const [width, channels, classes] = ['width', 'channels', 'classes'].map((key) => Number(metadata[key]));
  const task = metadata.task === 'denoise' ? 'denoise' : 'segment';
  const { architecture } = metadata;
  const configuration: Configuration = {
    task,
    width,
    channels,
    classes,
    ...(architecture && { architecture }),
  };
  const layers = buildLayers(configuration);
  const isParameter = (name: string) =>
    /^(conv|score|upsample)\w*\.(weight|bias|amplitude|gamma|beta)$/.test(name);
  const state = new Map([...tensors].filter(([name]) => isParameter(name)));
  const parameters = packParameters(layers, state, path, (layer) => addedShapes(layer, 1));
  const rest = { configuration, preprocess: 'plain', classNames: [], notes: {} } as const;
  return { model: { layers, parameters, stage: 'ann', ...rest }, tensors };
}

/** `input` with its `target`: class ids [H,W], or a noise map [C,H,W]; one of several by its suffix. */
export function goldenExample(tensors: Tensors, suffix = ''): Example {
  const [input, target] = ['input', 'target'].map((name) => goldenTensor(tensors, name + suffix));
  const [channels, height, width] = input.shape;
  const wanted = target.shape.length === 2 ? Uint8Array.from(target.data) : imageOf(target);
  return { image: { data: imageOf(input), height, width, channels }, target: wanted };
}

/** The neurons and T of a golden simulation. */
export function goldenNeurons(metadata: Readonly<Record<string, string>>) {
  const { neuron, reset, ...numbers } = metadata;
  const [thresholds, spikeValues, leak, initialPotential, steps] = [
    'thresholds',
    'spikeValues',
    'leak',
    'initialPotential',
    'steps',
  ].map((key) => numbers[key] && JSON.parse(numbers[key]));
  const given = { thresholds, spikeValues, leak, reset: reset as Reset | undefined, initialPotential };
  return { neuron: findNeuron(neuron), neuronParameters: neuronParameters(findNeuron(neuron), given), steps };
}

/** The tensors PREFIXname by their names. */
export function withoutPrefix(tensors: Tensors, prefix: string): Tensors {
  const entries = [...tensors].filter(([name]) => name.startsWith(prefix));
  if (entries.length === 0) throw new Error(`no golden tensor begins with ${prefix}`);
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * Requires the gradient of every parameter within the bounds of a golden file. It holds a gradient whole
 * (`grad.NAME`) or, of large weights, its sums over axis 0 (`gradSum0.NAME`) and over the other axes
 * (`gradSum123.NAME`), in PyTorch's layout; of several gradients those that begin with `prefix`.
 */
export function requireGradients(
  t: Pick<Test, 'ok'>,
  layers: readonly Layer[],
  gradients: Parameters,
  file: string,
  prefix = '',
): void {
  const { tensors } = goldenFile(file);
  for (const [name, { shape, data }] of unpackParameters(layers, gradients)) {
    const whole = tensors.get(`${prefix}grad.${name}`);
    if (whole) {
      requireGolden(t, data, whole.data, `${file}:${prefix}grad.${name}`);
      continue;
    }
    const [first, rest] = [shape[0], data.length / shape[0]];
    const [sum0, sum123] = [new Float64Array(rest), new Float64Array(first)];
    data.forEach((value, i) => {
      sum0[i % rest] += value;
      sum123[Math.floor(i / rest)] += value;
    });
    const sums = { [`${prefix}gradSum0.${name}`]: sum0, [`${prefix}gradSum123.${name}`]: sum123 };
    for (const [key, sum] of Object.entries(sums))
      requireGolden(t, sum, goldenTensor(tensors, key).data, `${file}:${key}`);
  }
}
