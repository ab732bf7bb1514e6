/**
 * Damaged model files, as a target of fuzzing: with their
 * checksums, and as older programs wrote them, without.
 */

import { createHash } from 'node:crypto';
import type { Rng } from '../../lib/core/rng.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { randomModel } from '../support/networks.js';
import { flipBit, mangle, mutateJson } from './checkpoints.js';
import type { Target } from './target.js';

const checked = encodeModel(randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 3));
const unchecked = encodeSafetensors(decodeSafetensors(checked, 'seed'));

export const modelFiles: Target = {
  name: 'model',
  seeds: [checked, unchecked],
  mutate,
  run(input) {
    const { model } = decodeModel(input, 'x');
    const hash = createHash('sha256');
    for (const values of model.parameters.values()) hash.update(values);
    return `${JSON.stringify([model.configuration, model.classNames, model.notes])} ${hash.digest('hex')}`;
  },
};

/** A flipped bit, a part that is gone or twice, or another header in front of the same tensors. */
function mutate(random: Rng, seeds: readonly Uint8Array[]): Uint8Array {
  const bytes = seeds[random.integer(seeds.length)];
  const ways = [() => flipBit(bytes, random), () => mangle(bytes, random), () => otherHeader(bytes, random)];
  return ways[random.integer(ways.length)]();
}

function otherHeader(bytes: Uint8Array, random: Rng): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = mutateJson(new TextDecoder().decode(bytes.subarray(8, 8 + length)), random);
  const text = new TextEncoder().encode(header.padEnd(8 * Math.ceil(header.length / 8)));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setUint32(0, text.length, true);
  return Uint8Array.from(Buffer.concat([prefix, text, bytes.subarray(8 + length)]));
}
