/**
 * Training examples: patches cut at random, with their labels, or with noise to be predicted. Example i of
 * epoch e is a pure function of (seed, e, i): nothing has to be saved for a run to be resumed.
 */

import { stream } from '../core/rng.js';
import type { Example } from '../engine/learn/method.js';
import type { Task } from '../net/architecture.js';
import { addTrainingNoise } from '../picture/noise.js';
import type { Sample } from '../picture/sample.js';
import { drawPatch, type PatchSize } from './patches.js';

/** What examples are drawn from. */
export interface ExampleSource {
  readonly samples: readonly Sample[];
  readonly task: Task;
  readonly patchSize: PatchSize;
  /** Whether patches are mirrored at random. */
  readonly flips?: boolean;
  readonly seed: number;
}

/** Example `index` of an epoch: a patch with its label, or with noise and the noise. */
export function drawExample(source: ExampleSource, epoch: number, index: number): Example {
  const { samples, task, patchSize, flips = false, seed } = source;
  const random = stream(seed, 'example', epoch, index);
  const { height, width, input, label } = drawPatch(samples, patchSize, random, flips);
  const { channels } = samples[0];
  const image = (data: Float32Array) => ({ data, height, width, channels });
  if (task === 'segment') {
    if (!label) throw new Error('segmentation needs labelled samples');
    return { image: image(input), target: label };
  }
  const noisy = addTrainingNoise(input, random);
  return { image: image(noisy.input), target: noisy.noise };
}
