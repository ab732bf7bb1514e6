/**
 * Golden tensors from independent implementations (fixtures/README.md says which made them) and the one way the
 * tests compare with them: the largest error relative to the largest magnitude of the expected tensor.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { toHwc } from '../../lib/tensor/layout.js';
import { decodeSafetensors, type TensorFile } from '../../lib/tensor/safetensors.js';

export interface Tensor {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** One case of a golden file: the tensors CASE.KEY by their keys. */
export interface GoldenCase {
  readonly name: string;
  /** The tensor of a key; an error if the case has none. */
  get(key: string): Tensor;
  has(key: string): boolean;
}

/** fixtures/PATH.safetensors */
export function goldenFile(path: string): TensorFile {
  const file = fileURLToPath(new URL(`../../fixtures/${path}.safetensors`, import.meta.url));
  return decodeSafetensors(readFileSync(file), file);
}

/** The cases of fixtures/PATH.safetensors in the order of their first tensors. */
export function goldenCases(path: string): GoldenCase[] {
  const cases = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of goldenFile(path).tensors) {
    const dot = name.lastIndexOf('.');
    const tensors = cases.get(name.slice(0, dot)) ?? new Map<string, Tensor>();
    cases.set(name.slice(0, dot), tensors.set(name.slice(dot + 1), tensor));
  }
  if (cases.size === 0) throw new Error(`fixtures/${path}.safetensors holds no cases`);
  return [...cases].map(([name, tensors]) => ({
    name,
    get: (key) => goldenTensor(tensors, key),
    has: (key) => tensors.has(key),
  }));
}

/** The tensor of a name; an error if there is none. */
export function goldenTensor(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`golden tensor ${name} is missing; there are ${[...tensors.keys()]}`);
  return tensor;
}

/** A golden image [C,H,W] in the kernels' layout [H,W,C]. */
export function imageOf({ data, shape: [channels, height, width] }: Tensor): Float32Array {
  return toHwc(data, channels, height, width);
}

/** max |got - expected| / max |expected|; Infinity for different lengths and for NaN. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i] - expected[i]);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    error = Math.max(error, difference);
    size = Math.max(size, Math.abs(expected[i]));
  }
  return error === 0 ? 0 : error / size;
}

/** Requires relativeError(got, expected) <= bound; the message carries the error. */
export function requireClose(
  t: Pick<Test, 'ok'>,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  what: string,
): void {
  const error = relativeError(got, expected);
  t.ok(error <= bound, `${what}: relative error ${error.toExponential(1)}, bound ${bound}`);
}
