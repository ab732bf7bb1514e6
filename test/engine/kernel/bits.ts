/** Random float32 tensors with values that round, cancel or underflow, and comparison to the bit. */

import { stream } from '../../../lib/core/rng.js';

/** A function that draws tensors; `density` is the fraction of values that are not zero. */
export function tensorSource(seed: number, density: number): (length: number) => Float32Array {
  const random = stream(seed, 'bits');
  return (length) => Float32Array.from({ length }, () => value());

  function value(): number {
    if (random.uniform() >= density) return random.integer(8) === 0 ? -0 : 0;
    const ordinary = random.normal();
    switch (random.integer(8)) {
      case 0:
        return Math.round(4 * ordinary) / 4; // few bits: sums cancel to zero exactly
      case 1:
        return 1e8 * ordinary; // swallows its neighbours
      case 2:
        return 1e-23 * ordinary; // products are subnormal or underflow
      default:
        return ordinary;
    }
  }
}

/** Throws at the first value whose bits differ; -0 and +0 do. */
export function requireSameBits(got: Float32Array, expected: Float32Array, what: string): void {
  if (got.length !== expected.length)
    throw new Error(`${what}: ${got.length} values, not ${expected.length}`);
  const [g, e] = [got, expected].map((v) => new Uint32Array(v.buffer, v.byteOffset, v.length));
  const i = g.findIndex((word, index) => word !== e[index]);
  if (i >= 0) {
    const shown = (word: number) => `0x${word.toString(16).padStart(8, '0')}`;
    throw new Error(`${what}[${i}] is ${got[i]} ${shown(g[i])}, not ${expected[i]} ${shown(e[i])}`);
  }
}
