/**
 * Damage to checkpoints, run configs and histories, from a random stream.
 * A mutant that is not noticed is one that a training would go on from.
 */

import type { Rng } from '../../lib/core/rng.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/format/safetensors.js';

/** One bit of a file is another. */
export function flipBit(bytes: Uint8Array, random: Rng): Uint8Array {
  const flipped = bytes.slice();
  flipped[random.integer(bytes.length)] ^= 1 << random.integer(8);
  return flipped;
}

/** A part of a file is missing, is there twice, or holds zeros, as disks and copies leave it. */
export function mangle(bytes: Uint8Array, random: Rng): Uint8Array {
  const [a, b] = [random.integer(bytes.length), random.integer(bytes.length)].sort((x, y) => x - y);
  const [before, part, after] = [bytes.subarray(0, a), bytes.subarray(a, b + 1), bytes.subarray(b + 1)];
  const zeros = new Uint8Array(part.length);
  const ways = [[before], [before, after], [before, part, part, after], [before, zeros, after]];
  return Uint8Array.from(Buffer.concat(ways[random.integer(ways.length)]));
}

/** Values that no average of a training can be. */
const IMPOSSIBLE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** A whole file without checksums in which one tensor holds one value that cannot be trained on. */
export function poison(bytes: Uint8Array, squares: string | undefined, random: Rng): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, 'whole');
  const names = [...tensors.keys()];
  const name = names[random.integer(names.length)];
  const { data } = tensors.get(name)!;
  const isSquare = name.startsWith(`optimiser.${squares}.`);
  const value = isSquare ? -(1 + random.integer(9)) : IMPOSSIBLE[random.integer(IMPOSSIBLE.length)];
  data[random.integer(data.length)] = value;
  return encodeSafetensors({ tensors, metadata });
}

/** What stands where something else should in JSON. */
const STRANGERS = [null, [], {}, '', 'x', -1, 0.5, true, 1e300];

/** JSON in which one value, at any depth, is another; or a part of the text is gone. */
export function mutateJson(text: string, random: Rng): string {
  if (random.integer(4) === 0) return text.slice(0, random.integer(text.length));
  const root = { value: JSON.parse(text) };
  let [place, key]: [Record<string, unknown>, string] = [root, 'value'];
  while (random.integer(3) > 0 && typeof place[key] === 'object' && place[key] !== null) {
    const inner = place[key] as Record<string, unknown>;
    const keys = Object.keys(inner);
    if (keys.length === 0) break;
    [place, key] = [inner, keys[random.integer(keys.length)]];
  }
  place[key] = STRANGERS[random.integer(STRANGERS.length)];
  return JSON.stringify(root.value);
}
