/** Results as named tensors, and their hash. */

import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Shape } from '../../lib/core/shape.js';

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

export type Tensors = ReadonlyMap<string, Tensor>;

/** Numbers that are float64. */
export function vector(values: readonly number[]): Tensor {
  return { shape: [values.length], data: Float64Array.from(values) };
}

/** SHA-256 of names, shapes and the bits of the values, little-endian. */
export function hashOf(tensors: Tensors): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of tensors) {
    hash.update(`${name} ${data.BYTES_PER_ELEMENT} [${shape}]\n`);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    hash.update(endianness() === 'LE' ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT));
  }
  return hash.digest('hex');
}

function swapped(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes);
  return size === 4 ? copy.swap32() : copy.swap64();
}
