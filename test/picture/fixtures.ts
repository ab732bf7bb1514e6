/** Where the files of fixtures/image are, and the golden tensors among them. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '../../lib/format/safetensors.js';

/** The path of a file below fixtures/image. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/image/${name}`, import.meta.url));
}

export interface Golden {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** A tensor by name; an Error where there is none. */
  tensor(name: string): { readonly shape: number[]; readonly data: Float32Array };
}

/** fixtures/image/NAME.safetensors */
export function golden(name: string): Golden {
  const { tensors, metadata } = decodeSafetensors(readFileSync(fixture(`${name}.safetensors`)), name);
  return {
    names: [...tensors.keys()],
    metadata,
    tensor(key) {
      const tensor = tensors.get(key);
      if (!tensor) throw new Error(`${name} has no tensor ${key}, only ${[...tensors.keys()]}`);
      return tensor;
    },
  };
}

/** Largest difference of two arrays; Infinity where their lengths differ or a value is not a number. */
export function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i] - expected[i]);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
