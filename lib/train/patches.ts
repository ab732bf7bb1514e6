/** Patches of samples: random ones for training, and samples padded so that squares tile them. */

import { DataError, UsageError } from '../core/error.js';
import type { Rng } from '../core/rng.js';
import type { Layer } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import type { Sample } from '../picture/sample.js';

/** Sides in pixels. */
export interface Rectangle {
  readonly height: number;
  readonly width: number;
}

/** A number is the side of a square. */
export type PatchSize = number | Rectangle;

export interface Patch extends Rectangle {
  /** [H,W,C] */
  readonly input: Float32Array;
  /** [H,W] class ids, where the sample has a label */
  readonly label?: Uint8Array;
}

/**
 * A patch at a uniform position of a uniformly drawn sample, with `flips` mirrored each way half of the
 * time. UsageError where any sample is smaller.
 */
export function drawPatch(samples: readonly Sample[], size: PatchSize, random: Rng, flips = false): Patch {
  if (samples.length === 0) throw new DataError('patches: got no samples to cut them from');
  requireRoom(samples, size);
  const { height, width } = sidesOf(size);
  const sample = samples[random.integer(samples.length)];
  const top = random.integer(sample.height - height + 1);
  const left = random.integer(sample.width - width + 1);
  const patch = cutPatch(sample, { height, width }, top, left);
  if (!flips) return patch;
  return flipPatch(patch, random.uniform() < 0.5, random.uniform() < 0.5);
}

/**
 * Refuses patches that are larger than any of the samples (UsageError): whether a run succeeds must not
 * depend on which samples it draws.
 */
export function requireRoom(samples: readonly Sample[], size: PatchSize): void {
  const { height, width } = sidesOf(size);
  const small = samples.find((sample) => height > sample.height || width > sample.width);
  if (!small) return;
  const [given, most] =
    typeof size === 'number'
      ? [size, Math.min(small.width, small.height)]
      : [`${height}x${width}`, `${small.height}x${small.width} (height x width)`];
  throw new UsageError(
    `patch ${given}: larger than the image ${small.name} (${small.width}x${small.height}), expected at most ${most}`,
  );
}

/**
 * Refuses sides of a patch or an image that a network does not divide (UsageError, which calls them `name`).
 */
export function requireSides(name: string, size: PatchSize, layers: readonly Layer[]): void {
  const { height, width } = sidesOf(size);
  const multiple = multipleOf(layers);
  if ([height, width].every((side) => side >= multiple && side % multiple === 0)) return;
  const given = typeof size === 'number' ? size : `${height}x${width}`;
  throw new UsageError(`${name} ${given}: expected multiples of ${multiple}, as this network takes them`);
}

function sidesOf(size: PatchSize): Rectangle {
  return typeof size === 'number' ? { height: size, width: size } : size;
}

/** A patch mirrored left to right, upside down, or both (section 4.2.1, for EM). */
function flipPatch({ height, width, input, label }: Patch, sideways: boolean, upsideDown: boolean): Patch {
  const flip = <Values extends Float32Array | Uint8Array>(out: Values, from: Values) => {
    const channels = from.length / (height * width);
    for (let p = 0; p < height * width; p++) {
      const [y, x] = [Math.floor(p / width), p % width];
      const source = (upsideDown ? height - 1 - y : y) * width + (sideways ? width - 1 - x : x);
      out.set(from.subarray(source * channels, (source + 1) * channels), p * channels);
    }
    return out;
  };
  const flipped = { height, width, input: flip(new Float32Array(input.length), input) };
  return label ? { ...flipped, label: flip(new Uint8Array(label.length), label) } : flipped;
}

/** The patch whose upper left pixel is (top, left). */
function cutPatch(sample: Sample, { height, width }: Rectangle, top: number, left: number): Patch {
  const { channels, input, label } = sample;
  const cut = <Values extends Float32Array | Uint8Array>(out: Values, from: Values, perPixel: number) => {
    for (let y = 0; y < height; y++) {
      const start = ((top + y) * sample.width + left) * perPixel;
      out.set(from.subarray(start, start + width * perPixel), y * width * perPixel);
    }
    return out;
  };
  const pixels = height * width;
  const patch = { height, width, input: cut(new Float32Array(pixels * channels), input, channels) };
  return label ? { ...patch, label: cut(new Uint8Array(pixels), label, 1) } : patch;
}

/**
 * A sample with black pixels below and to the right of it, so that its sides are multiples of `size`; the
 * label is background there, and outside the field of view, which is where the authors' code sets its
 * border to 0.
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
