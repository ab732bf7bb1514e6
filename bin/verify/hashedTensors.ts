/** Results as named tensors, and their hash. */

import { sha256 } from '../../lib/core/sha256.js';
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
  const parts = [...tensors].flatMap(([name, { shape, data }]) => [
    `${name} ${data.BYTES_PER_ELEMENT} [${shape}]\n`,
    littleEndian(data),
  ]);
  return sha256(...parts);
}

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of the values; on machines that store them the other way round, a copy. */
function littleEndian({
  buffer,
  byteOffset,
  byteLength,
  BYTES_PER_ELEMENT: size,
}: Tensor['data']): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (IS_LITTLE) return bytes;
  const turned = bytes.slice();
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse();
  return turned;
}
