/** Golden files, and comparison with them. */

import type { Test } from 'tap';
import { readBytes } from '../../lib/tensor/files.js';
import { decodeSafetensors } from '../../lib/tensor/safetensors.js';

/** The tensors and metadata of a golden file below fixtures/. */
export function readGolden(file: string) {
  const path = `fixtures/${file}`;
  const { tensors, metadata } = decodeSafetensors(readBytes(path), path);
  const tensor = (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`${path} has no tensor ${name}; it has ${[...tensors.keys()]}`);
    return found;
  };
  return { tensor, names: [...tensors.keys()], metadata };
}

/** Largest difference of two tensors, relative to the largest magnitude of the second. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, magnitude] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(got[i])) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(got[i] - expected[i]));
    magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return magnitude === 0 ? difference : difference / magnitude;
}

/** Passes where `got` is within `tolerance` of `expected`, relative to the tensor's largest magnitude. */
export function near(
  t: Pick<Test, 'ok'>,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  tolerance = 1e-5,
): void {
  const error = relativeError(got, expected);
  t.ok(error <= tolerance, `${name}: relative error ${error.toExponential(1)}, allowed ${tolerance}`);
}

const SENTINEL = 12345.678;
const GUARD = 16;

/** Runs a kernel on a result buffer that lies between sentinels, and fails where it writes outside. */
export function guarded(
  t: Pick<Test, 'ok'>,
  size: number,
  name: string,
  write: (out: Float32Array) => void,
): Float32Array {
  const whole = new Float32Array(size + 2 * GUARD).fill(SENTINEL);
  const out = whole.subarray(GUARD, GUARD + size);
  write(out);
  const outside = [...whole.subarray(0, GUARD), ...whole.subarray(GUARD + size)];
  t.ok(
    outside.every((value) => value === Math.fround(SENTINEL)),
    `${name} stays inside its buffer`,
  );
  return out;
}
