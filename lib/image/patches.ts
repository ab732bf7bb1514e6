/** Random square patches of samples, for training. */

import { UsageError } from '../tensor/error.js';
import type { Rng } from '../tensor/rng.js';
import type { Sample } from './dataset/dataset.js';

export interface Patch {
  /** [S,S,C] */
  readonly input: Float32Array;
  /** [S,S], where the sample has one */
  readonly label?: Uint8Array;
}

/** A patch at a uniform position of a uniformly drawn sample; UsageError where the sample is smaller. */
export function drawPatch(samples: readonly Sample[], size: number, random: Rng): Patch {
  const sample = samples[random.integer(samples.length)];
  const { height, width, channels, input, label, name } = sample;
  if (size > height || size > width) {
    throw new UsageError(`--patch ${size}: larger than the image ${name}, which is ${width}x${height}`);
  }
  const top = random.integer(height - size + 1);
  const left = random.integer(width - size + 1);
  const cut = <A extends Float32Array | Uint8Array>(out: A, from: A, perPixel: number): A => {
    for (let y = 0; y < size; y++) {
      const start = ((top + y) * width + left) * perPixel;
      out.set(from.subarray(start, start + size * perPixel), y * size * perPixel);
    }
    return out;
  };
  return {
    input: cut(new Float32Array(size * size * channels), input, channels),
    ...(label && { label: cut(new Uint8Array(size * size), label, 1) }),
  };
}
