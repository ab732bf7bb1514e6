/** The golden networks of fixtures/make/unet.py as ours, and comparison with their gradients. */

import type { Test } from 'tap';
import type { Example } from '../../lib/train/example.js';
import { buildLayers, type Configuration, type Layer } from '../../lib/unet/architecture.js';
import type { Model } from '../../lib/unet/model.js';
import { type Parameters, packParameters, unpackParameters } from '../../lib/unet/parameters.js';
import { goldenFile, goldenTensor, imageOf, requireClose, type Tensor } from './golden.js';

export type Tensors = ReadonlyMap<string, Tensor>;

/** The network of a golden file and all of the file's tensors. */
export function goldenModel(path: string): { model: Model; tensors: Tensors } {
  const { tensors, metadata } = goldenFile(path);
  const [width, channels, classes] = ['width', 'channels', 'classes'].map((key) => Number(metadata[key]));
  const task = metadata.task === 'denoise' ? 'denoise' : 'segment';
  const configuration: Configuration = { task, width, channels, classes };
  const layers = buildLayers(configuration);
  const isParameter = (name: string) => /^conv\w*\.(weight|bias)$/.test(name);
  const state = new Map([...tensors].filter(([name]) => isParameter(name)));
  const parameters = packParameters(layers, state, path);
  const rest = { configuration, preprocess: 'plain', classNames: [], notes: {} } as const;
  return { model: { layers, parameters, stage: 'ann', ...rest }, tensors };
}

/** `input` with its `target`: class ids [H,W], or a noise map [C,H,W]. */
export function goldenExample(tensors: Tensors): Example {
  const [input, target] = [goldenTensor(tensors, 'input'), goldenTensor(tensors, 'target')];
  const [, height, width] = input.shape;
  const wanted = target.shape.length === 2 ? Uint8Array.from(target.data) : imageOf(target);
  return { height, width, input: imageOf(input), target: wanted };
}

/** The tensors PREFIXname by their names. */
export function withoutPrefix(tensors: Tensors, prefix: string): Tensors {
  const entries = [...tensors].filter(([name]) => name.startsWith(prefix));
  if (entries.length === 0) throw new Error(`no golden tensor begins with ${prefix}`);
  return new Map(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * Requires the gradient of every parameter within a bound. A file holds it whole (`grad.NAME`) or, of large weights,
 * its sums over axis 0 (`gradSum0.NAME`) and over the other axes (`gradSum123.NAME`), in PyTorch's layout.
 */
export function requireGradients(
  t: Pick<Test, 'ok'>,
  layers: readonly Layer[],
  gradients: Parameters,
  tensors: Tensors,
  bound: number,
): void {
  for (const [name, { shape, data }] of unpackParameters(layers, gradients)) {
    const whole = tensors.get(`grad.${name}`);
    if (whole) {
      requireClose(t, data, whole.data, bound, name);
      continue;
    }
    const [first, rest] = [shape[0], data.length / shape[0]];
    const [sum0, sum123] = [new Float64Array(rest), new Float64Array(first)];
    data.forEach((value, i) => {
      sum0[i % rest] += value;
      sum123[Math.floor(i / rest)] += value;
    });
    requireClose(t, sum0, goldenTensor(tensors, `gradSum0.${name}`).data, bound, `${name} over axis 0`);
    requireClose(
      t,
      sum123,
      goldenTensor(tensors, `gradSum123.${name}`).data,
      bound,
      `${name} over the others`,
    );
  }
}
