/**
 * Damaged checkpoints and run folders: every mutant is refused
 * with a DataError or a UsageError, or means the same.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { type Rng, stream } from '../../lib/core/rng.js';
import { findOptimiser, optimisers } from '../../lib/engine/learn/optimiser.js';
import { decodeModel } from '../../lib/model/model.js';
import { mapParameters } from '../../lib/net/parameters.js';
import { loadCheckpoint, saveCheckpoint } from '../../lib/node/run/checkpoint.js';
import { decodeHistory, encodeHistory } from '../../lib/node/run/history.js';
import { openRunFolder } from '../../lib/node/run/runFolder.js';
import { type EpochRecord, initialProgress } from '../../lib/train/loop.js';
import { randomModel } from '../support/networks.js';
import { flipBit, mangle, mutateJson, poison } from './checkpoints.js';

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const root = t.testdir();
const path = join(root, 'last.safetensors');
const model = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });

/** How many of `mutants` are taken for whole; anything thrown but a DataError or UsageError fails. */
function accepted(mutants: number, name: string, attempt: (random: Rng) => void): number {
  let count = 0;
  for (let i = 0; i < mutants; i++) {
    try {
      attempt(stream(SEED, name, i));
      count += 1;
    } catch (error) {
      if (!(error instanceof DataError || error instanceof UsageError)) throw error;
    }
  }
  return count;
}

for (const name of Object.keys(optimisers)) {
  const half = mapParameters(model.parameters, (values) => values.map(() => 0.5));
  const averages = new Map(findOptimiser(name).slots.map((slot) => [slot, half]));
  saveCheckpoint(path, model, averages, initialProgress());
  const whole = Uint8Array.from(readFileSync(path));
  const load = (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    loadCheckpoint(path, findOptimiser(name));
  };
  t.test(`${name}: no damaged checkpoint is resumed from`, async (t) => {
    t.doesNotThrow(() => load(whole));
    t.equal(
      accepted(200, 'flip', (random) => load(flipBit(whole, random))),
      0,
      'single bits',
    );
    t.equal(
      accepted(200, 'mangle', (random) => load(mangle(whole, random))),
      0,
      'parts',
    );
    const { squares } = findOptimiser(name);
    t.equal(
      accepted(100, 'poison', (random) => load(poison(whole, squares, random))),
      0,
      'values, without checksums',
    );
  });
}

t.test('a model with a flipped bit is not read', async (t) => {
  const bytes = readFileSync('fixtures/models/drive.safetensors');
  t.equal(
    accepted(20, 'model', (random) => decodeModel(flipBit(bytes, random), 'model')),
    0,
  );
});

const records: EpochRecord[] = [1, 2].map((epoch) => ({
  ...{ epoch, updates: 4 * epoch, learningRate: 1e-3, loss: 0.5, score: 0.5, best: epoch === 1 },
  validation: { f1: 0.5, js: 0.4, acc: 0.9, fov: { f1: 0.5, js: 0.4, acc: 0.9 } },
}));

t.test('a mutated history is refused or still a history', async (t) => {
  const lines = encodeHistory(records, 'run').trim().split('\n');
  let raw = 0;
  const count = accepted(2000, 'history', (random) => {
    const mutated = lines.map((line, i) => (i === random.integer(2) ? mutateJson(line, random) : line));
    for (const { score, best, validation } of decodeHistory(mutated.join('\n'), 'metrics.jsonl', 'run', 2)) {
      if (typeof score !== 'number' || typeof best !== 'boolean' || typeof validation !== 'object') raw += 1;
    }
  });
  t.equal(raw, 0);
  t.ok(count < 2000, `${count} of 2000 mutants are histories, too`);
});

t.test('a mutated config.json is refused, or says the same of the run', async (t) => {
  const folder = join(root, 'run');
  const config = {
    epochs: 3,
    batch: 2,
    lr: 0.001,
    dataset: 'drive',
    samples: 'ab',
    patch: { height: 16, width: 16 },
  };
  const request = { directory: folder, config, start: 's', resume: true, remark: () => {} };
  openRunFolder({ ...request, resume: false }).close();
  mkdirSync(join(folder, 'checkpoints'), { recursive: true });
  writeFileSync(join(folder, 'checkpoints', 'last.safetensors'), '');
  const text = readFileSync(join(folder, 'config.json'), 'utf8');
  const count = accepted(300, 'config', (random) => {
    const mutated = mutateJson(text, random);
    if (mutated === JSON.stringify(JSON.parse(text))) throw new DataError('not a mutant');
    writeFileSync(join(folder, 'config.json'), mutated);
    openRunFolder(request).close();
  });
  // What may differ: the id of the run, and fewer epochs than are asked for now.
  t.ok(count < 60, `${count} of 300 are accepted`);
  for (const wrong of ['null', '[]', '3', '', '{"epochs":null}', '{"run":7}']) {
    writeFileSync(join(folder, 'config.json'), wrong);
    t.throws(() => openRunFolder(request), DataError, wrong);
    t.throws(() => openRunFolder(request), /config\.json: /, wrong);
  }
});
