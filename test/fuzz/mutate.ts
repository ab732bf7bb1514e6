/**
 * Ways to damage an input. Plain ones change bytes wherever they are; those of parts take a file apart
 * (chunks, segments, tags), change the parts and put it together with lengths and checksums that fit, so that
 * the damage gets past the outermost checks.
 */

import type { Rng } from '../../lib/core/rng.js';

export type Mutator = (random: Rng, input: Uint8Array, other: Uint8Array) => Uint8Array;

const pick = <T>(random: Rng, items: readonly T[]): T => items[random.integer(items.length)];
const at = (random: Rng, bytes: Uint8Array) => random.integer(Math.max(bytes.length, 1));

/** Numbers that programs stumble over. */
const EDGES = [
  0, 1, 2, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

const flipBit: Mutator = (random, input) => {
  const bytes = Uint8Array.from(input);
  bytes[at(random, bytes)] ^= 1 << random.integer(8);
  return bytes;
};

const setByte: Mutator = (random, input) => {
  const bytes = Uint8Array.from(input);
  bytes[at(random, bytes)] = random.integer(256);
  return bytes;
};

const setNumber: Mutator = (random, input) => {
  const bytes = Uint8Array.from(input);
  const size = pick(random, [2, 4]);
  if (bytes.length < size) return bytes;
  const view = new DataView(bytes.buffer);
  const place = random.integer(bytes.length - size + 1);
  const little = random.integer(2) === 1;
  const value = random.integer(4) === 0 ? random.uint32() : pick(random, EDGES);
  if (size === 2) view.setUint16(place, value & 0xffff, little);
  else view.setUint32(place, value, little);
  return bytes;
};

const cut: Mutator = (random, input) => input.slice(0, at(random, input));

const remove: Mutator = (random, input) => {
  const start = at(random, input);
  const end = start + 1 + random.integer(32);
  return Buffer.concat([input.subarray(0, start), input.subarray(end)]);
};

const repeat: Mutator = (random, input) => {
  const start = at(random, input);
  const end = start + 1 + random.integer(64);
  return Buffer.concat([input.subarray(0, end), input.subarray(start)]);
};

const insert: Mutator = (random, input) => {
  const place = at(random, input);
  const bytes = Uint8Array.from({ length: 1 + random.integer(8) }, () => random.integer(256));
  return Buffer.concat([input.subarray(0, place), bytes, input.subarray(place)]);
};

const splice: Mutator = (random, input, other) =>
  Buffer.concat([input.subarray(0, at(random, input)), other.subarray(at(random, other))]);

const plain: readonly Mutator[] = [flipBit, setByte, setNumber, cut, remove, repeat, insert, splice];

/** How a kind of file comes apart, and how its parts become a file again. */
export interface Parts {
  readonly split: (input: Uint8Array) => Uint8Array[];
  readonly join: (parts: readonly Uint8Array[]) => Uint8Array;
}

/**
 * Changes the parts of a file: drops, repeats, swaps, takes
 * one of another file, or damages the inside of one.
 */
function ofParts({ split, join }: Parts): Mutator {
  return (random, input, other) => {
    const parts = split(input);
    const i = random.integer(parts.length);
    const j = random.integer(parts.length);
    switch (random.integer(8)) {
      case 0:
        return join(parts.toSpliced(i, 1));
      case 1:
        return join(parts.toSpliced(j, 0, parts[i]));
      case 2:
        return join(parts.with(i, parts[j]).with(j, parts[i]));
      case 3:
        return join(parts.toSpliced(i, 1, pick(random, split(other))));
      default:
        return join(parts.with(i, pick(random, plain)(random, parts[i], pick(random, split(other)))));
    }
  };
}

const MOST_CHANGES = 3;

/**
 * One to three changes of a seed; where the parts of its kind are known three of four are changes of parts.
 */
export function mutator(parts?: Parts) {
  const kinds = parts ? [...plain, ...plain.flatMap(() => Array(3).fill(ofParts(parts)))] : plain;
  return (random: Rng, seeds: readonly Uint8Array[]): Uint8Array => {
    let bytes = pick(random, seeds);
    for (let k = random.integer(MOST_CHANGES); k >= 0; k--)
      bytes = pick(random, kinds)(random, bytes, pick(random, seeds));
    return bytes;
  };
}
