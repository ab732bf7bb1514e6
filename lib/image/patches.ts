/** Square patches of samples: random ones for training, and samples that can be cut into them without a rest. */

import { DataError, UsageError } from '../tensor/error.js';
import type { Rng } from '../tensor/rng.js';
import type { Sample } from './dataset/dataset.js';

export interface Patch {
  /** [S,S,C] */
  readonly input: Float32Array;
  /** [S,S], where the sample has one */
  readonly label?: Uint8Array;
}

/**
 * A patch at a uniform position of a uniformly drawn sample, with `flips` mirrored each way half of the time.
 * UsageError where any sample is smaller: whether a run goes through must not depend on which samples it happens to
 * draw.
 */
export function drawPatch(samples: readonly Sample[], size: number, random: Rng, flips = false): Patch {
  if (samples.length === 0) throw new DataError('patches: there is not a single sample to cut them from');
  const small = samples.find(({ height, width }) => size > height || size > width);
  if (small) {
    throw new UsageError(
      `--patch ${size}: larger than the image ${small.name} (${small.width}x${small.height}), expected at most ${Math.min(small.width, small.height)}`,
    );
  }
  const sample = samples[random.integer(samples.length)];
  const top = random.integer(sample.height - size + 1);
  const left = random.integer(sample.width - size + 1);
  const patch = cutPatch(sample, size, top, left);
  if (!flips) return patch;
  return flipPatch(patch, size, random.uniform() < 0.5, random.uniform() < 0.5);
}

/** A patch mirrored left to right, upside down, or both (section 4.2.1, for EM). */
function flipPatch({ input, label }: Patch, size: number, sideways: boolean, upsideDown: boolean): Patch {
  const flip = <Values extends Float32Array | Uint8Array>(out: Values, from: Values) => {
    const channels = from.length / size ** 2;
    for (let p = 0; p < size * size; p++) {
      const [y, x] = [Math.floor(p / size), p % size];
      const source = (upsideDown ? size - 1 - y : y) * size + (sideways ? size - 1 - x : x);
      out.set(from.subarray(source * channels, (source + 1) * channels), p * channels);
    }
    return out;
  };
  const flipped = flip(new Float32Array(input.length), input);
  return label ? { input: flipped, label: flip(new Uint8Array(label.length), label) } : { input: flipped };
}

/** The patch whose upper left pixel is (top, left). */
function cutPatch({ width, channels, input, label }: Sample, size: number, top: number, left: number): Patch {
  const cut = <Values extends Float32Array | Uint8Array>(out: Values, from: Values, perPixel: number) => {
    for (let y = 0; y < size; y++) {
      const start = ((top + y) * width + left) * perPixel;
      out.set(from.subarray(start, start + size * perPixel), y * size * perPixel);
    }
    return out;
  };
  const patch = cut(new Float32Array(size * size * channels), input, channels);
  return label ? { input: patch, label: cut(new Uint8Array(size * size), label, 1) } : { input: patch };
}

/**
 * A sample with black pixels below and to the right of it, so that its sides are multiples of `size`; the label is
 * background there, and outside the field of view, which is where the authors' code sets its border to 0.
 */
export function padToPatches(sample: Sample, size: number): Sample {
  const [height, width] = [sample.height, sample.width].map((extent) => size * Math.ceil(extent / size));
  const enlarge = <Values extends Float32Array | Uint8Array>(out: Values, from: Values) => {
    const [length, stride] = [from.length / sample.height, out.length / height];
    for (let y = 0; y < sample.height; y++) out.set(from.subarray(y * length, (y + 1) * length), y * stride);
    return out;
  };
  const inside = sample.fov ?? new Uint8Array(sample.height * sample.width).fill(1);
  const label = sample.label?.map((id, p) => (inside[p] ? id : 0));
  return {
    ...sample,
    height,
    width,
    input: enlarge(new Float32Array(height * width * sample.channels), sample.input),
    fov: enlarge(new Uint8Array(height * width), inside),
    ...(label && { label: enlarge(new Uint8Array(height * width), label) }),
  };
}
