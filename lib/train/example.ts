/**
 * Training examples: patches cut at random, with their labels, or with noise to be recognised. Example i
 * of epoch e is a pure function of (seed, e, i): nothing has to be saved for a run to be resumed.
 */

import { stream } from '../core/rng.js';
import { addTrainingNoise } from '../picture/noise.js';
import type { Sample } from '../picture/sample.js';
import { drawPatch, type PatchSize } from './patches.js';

/** One input [H,W,C] with what the network should make of it. */
export interface Example {
  readonly height: number;
  readonly width: number;
  readonly input: Float32Array;
  /** Class ids [H,W], or the noise map [H,W,C]. */
  readonly target: Uint8Array | Float32Array;
}

/** Example `index` of an epoch, for segmentation or, where the samples have no labels, for denoising. */
export function drawExample(
  samples: readonly Sample[],
  task: 'segment' | 'denoise',
  size: PatchSize,
  seed: number,
  epoch: number,
  index: number,
  flips = false,
): Example {
  const random = stream(seed, 'example', epoch, index);
  const { height, width, ...patch } = drawPatch(samples, size, random, flips);
  if (task === 'segment') {
    if (!patch.label) throw new Error('segmentation needs labelled samples');
    return { height, width, input: patch.input, target: patch.label };
  }
  const { input, noise } = addTrainingNoise(patch.input, random);
  return { height, width, input, target: noise };
}
