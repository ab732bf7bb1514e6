/**
 * A training that dies at any rename or sync ends, when it is resumed, with the bytes of one that did not;
 * its event files, which have dates, show the same. Death is simulated: from the n-th such call on every
 * change of the disk fails, so nothing is written, renamed or cleaned up.
 */

import fs, { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { openRunFolder } from '../../lib/node/run/runFolder.js';
import { runSession } from '../../lib/node/run/session.js';
import { trainingData, unetLearner } from '../../lib/train/learner.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';
import { shownIn } from '../support/shownEvents.js';

const samples = [1, 2].map((number) => drawSample(5, number, `eye${number}`, 1, 48));
const data = trainingData(samples, 0.5, 16, 3);
const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const CALLS = [
  'openSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'renameSync',
  'rmSync',
  'mkdirSync',
] as const;
/** Where a training may die: a file is complete on the disk, or takes its place. */
const DEADLY = new Set<string>(['fsyncSync', 'renameSync']);
const originals = Object.fromEntries(CALLS.map((name) => [name, fs[name]]));

/** Does something, dying at the n-th deadly call, before or after it is done; returns how many there were. */
async function dieAt(n: number, late: boolean, action: () => Promise<unknown>): Promise<number> {
  let calls = 0;
  let dead = false;
  for (const name of CALLS) {
    const original = originals[name] as (...args: unknown[]) => unknown;
    const mortal = (...args: unknown[]) => {
      const last = DEADLY.has(name) && ++calls === n;
      const result = last && late ? original(...args) : undefined;
      dead ||= last;
      if (dead) throw new Error('died');
      return result ?? original(...args);
    };
    Object.assign(fs, { [name]: mortal });
  }
  syncBuiltinESMExports();
  try {
    await action();
  } catch (error) {
    if (!dead) throw error;
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  }
  return calls;
}

const options = { epochs: 2, batch: 1, updatesPerEpoch: 2, learningRate: 1e-3, optimizer: 'adam' };

function train(directory: string, resume: boolean): Promise<unknown> {
  const parameters = new Map([...unet.parameters].map(([name, values]) => [name, values.slice()]));
  return runSession({
    folder: openRunFolder({ directory, resume, start: '', config: { epochs: 2 }, remark: () => {} }),
    options: { ...options, schedule: 'cosine', patience: 0, saveEvery: 1, measureStart: true },
    ...{ start: { ...unet, parameters }, resume, signal: new AbortController().signal },
    makeLearner: (model) => unetLearner(referenceEngine, model, data),
    onUpdate: () => {},
    onEpoch: () => {},
  });
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('tfevents'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();

const shown = (folder: string) => shownIn(folder).map(({ tag, step, value }) => `${step} ${tag} ${value}`);

const missingIn = (found: readonly string[], expected: readonly string[]) =>
  expected.filter((line) => !found.includes(line));

t.test('dying at any rename or sync, before or after it, costs no bit', async (t) => {
  const root = t.testdir();
  const whole = join(root, 'whole');
  const calls = await dieAt(0, false, () => train(whole, false));
  t.ok(calls >= 20, `${calls} renames and syncs`);
  for (let n = 1; n <= calls; n++) {
    for (const late of [false, true]) {
      const folder = join(root, `${n}${late ? '-late' : ''}`);
      await dieAt(n, late, async () => train(folder, false));
      const lock = join(folder, 'run.lock');
      // The process that died is this one: let the lock tell of one that is gone.
      writeFileSync(lock, readFileSync(lock, 'utf8').replace(/"pid":\d+/, `"pid":${2 ** 22 + 1}`));
      const begun = files(folder).includes('/config.json');
      await train(folder, begun);
      t.strictSame(files(folder), files(whole), `call ${n}${late ? ', after it' : ''}: nothing is left over`);
      for (const file of files(whole)) {
        if (!readFileSync(join(folder, file)).equals(readFileSync(join(whole, file))))
          t.fail(`${n}: ${file}`);
      }
      const events = shown(folder);
      t.equal(new Set(events).size, events.length, 'nothing is shown twice');
      // The loss of an update that was saved, but not the validation behind it, is not shown again.
      const [missing, other] = [missingIn(events, shown(whole)), missingIn(shown(whole), events)];
      t.ok(missing.length <= 1 && missing.every((line) => line.includes('loss/update')), `${missing}`);
      t.strictSame(other, []);
      rmSync(folder, { recursive: true });
    }
  }
  cpSync(whole, join(root, 'again'), { recursive: true });
  await t.resolves(train(join(root, 'again'), true), 'a finished run, resumed, is done');
});
