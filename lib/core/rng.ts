/**
 * Randomness as an argument: xoshiro128** (Blackman and Vigna 2018) in named streams. A stream is derived
 * from the seed and a path such as ('example', epoch, index) alone, so no state is kept between draws of
 * different streams, and a resumed run draws what an uninterrupted one would have drawn.
 */

import { cosTurns, log } from './elementary.js';

/** The default seed. */
export const USUAL_SEED = 1;

export interface Rng {
  /** 0 .. 2^32 - 1 */
  uint32(): number;
  /** 0 <= u < 1 in steps of 2^-53 */
  uniform(): number;
  /** 0 .. n - 1, each equally likely; RangeError unless n is a whole number in 1 .. 2^32 */
  integer(n: number): number;
  /** Standard normal (Box-Muller) */
  normal(): number;
}

/**
 * The stream of a seed and a path. They are joined by '/', so names must not contain one: two paths could
 * become equal.
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Rng {
  const next = xoshiro128(stateOf([seed, ...path].join('/')));
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  const integer = (n: number) => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`integer(${n}): expected a whole number in 1 .. 2^32`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n); // above it the remainders are not equally likely: draw again
    let value = next();
    while (value >= limit) value = next();
    return value % n;
  };
  const normal = () => Math.sqrt(-2 * log(1 - uniform())) * cosTurns(uniform());
  return { uint32: next, uniform, integer, normal };
}

/** Advances the 128 bits of state (changed in place) and returns 32 random bits at each call. */
export function xoshiro128(state: Uint32Array): () => number {
  return () => {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result;
  };
}

/**
 * 128 bits from a text: four FNV-1a hashes that start differently, each finished with MurmurHash3's mixer.
 */
function stateOf(text: string): Uint32Array {
  const state = new Uint32Array(4);
  for (let lane = 0; lane < 4; lane++) {
    let hash = 0x811c9dc5 ^ Math.imul(lane, 0x9e3779b9);
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    state[lane] = mix(hash);
  }
  if (state.every((word) => word === 0)) state[0] = 1; // the only state that the generator cannot leave
  return state;
}

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
