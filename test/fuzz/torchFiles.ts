/**
 * Damaged files of `torch.save`, as a target of fuzzing: whatever the bytes, a state dict is read or
 * refused with a DataError, and no more values are made than the file has bytes.
 */

import { readFileSync } from 'node:fs';
import type { Rng } from '../../lib/core/rng.js';
import { openTorchFile, TorchTensor } from '../../lib/format/torch/torchFile.js';
import { openZip } from '../../lib/format/torch/zip.js';
import { zipOf } from '../support/zip.js';
import type { Target } from './target.js';

const FOLDER = 'fixtures/stateDict';

export const torchFiles: Target = {
  name: 'torch.save',
  seeds: ['views.pth', 'checkpoint.pth', 'nested.pth', 'protocol4.pth'].map((file) =>
    readFileSync(`${FOLDER}/${file}`),
  ),
  mutate,
  run,
};

/** Half of the mutants are damaged zip files, the others whole zip files with a damaged pickle. */
function mutate(random: Rng, seeds: readonly Uint8Array[]): Uint8Array {
  const bytes = seeds[random.integer(seeds.length)];
  if (random.integer(2) === 0) return damaged(random, bytes);
  const archive = openZip(bytes, 'seed');
  const entries = archive.names.map((name) => {
    const content = archive.read(name)!;
    return [name, name.endsWith('.pkl') ? damaged(random, content) : content] as const;
  });
  return zipOf(new Map(entries));
}

/** Some bytes changed, cut off, left out or repeated. */
function damaged(random: Rng, bytes: Uint8Array): Uint8Array {
  const at = random.integer(bytes.length);
  const length = 1 + random.integer(16);
  switch (random.integer(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default: {
      const changed = Uint8Array.from(bytes); // slices of a Buffer are views
      for (let i = 0; i <= random.integer(3); i++) {
        const value = [0, 1, 0x7f, 0x80, 0xff, random.integer(256)][random.integer(6)];
        changed[random.integer(bytes.length)] = value;
      }
      return changed;
    }
  }
}

/** Reads every tensor that can be reached; says what they are. */
function run(bytes: Uint8Array): string {
  const file = openTorchFile(bytes, 'mutant');
  const read = [...tensorsIn(file.content)].map(([name, tensor]) => [name, file.read(name, tensor)] as const);
  const values = read.reduce((sum, [, { data }]) => sum + data.length, 0);
  if (values > bytes.length) throw new Error(`${values} values of ${bytes.length} bytes`);
  return read.map(([name, { shape, data }]) => `${name} [${shape}] ${data}`).join('\n');
}

function* tensorsIn(content: unknown, depth = 0): Generator<[string, TorchTensor]> {
  if (!(content instanceof Map) || depth > 3) return;
  for (const [key, value] of content) {
    if (value instanceof TorchTensor) yield [String(key), value];
    else yield* tensorsIn(value, depth + 1);
  }
}
