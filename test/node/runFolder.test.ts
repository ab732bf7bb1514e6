/** A run folder: who owns it, what may differ when it is resumed, and files that are not of one run. */

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { decodeModel } from '../../lib/model/model.js';
import { hashOfSamples } from '../../lib/node/run/fingerprint.js';
import { openRunFolder } from '../../lib/node/run/runFolder.js';
import { runSession } from '../../lib/node/run/session.js';
import { type Learner, trainingData, unetLearner } from '../../lib/train/learner.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const remarks: string[] = [];
t.beforeEach(() => {
  remarks.length = 0;
});

const config = { epochs: 1, lr: 0.001, samples: 'ab' };
const open = (directory: string, resume = false, more = {}) =>
  openRunFolder({
    ...{ directory, resume, start: 'start', config: { ...config, ...more } },
    remark: (line) => remarks.push(line),
  });
/** A folder whose lock tells of this owner. */
function lockedFolder(t: Test, owner: unknown, seconds = 0): string {
  const folder = t.testdir({ 'run.lock': JSON.stringify(owner) });
  const then = (performance.timeOrigin + performance.now()) / 1000 - seconds;
  utimesSync(join(folder, 'run.lock'), then, then);
  return folder;
}

const probe = t.testdir();
const opened = open(probe);
const self = JSON.parse(readFileSync(join(probe, 'run.lock'), 'utf8'));
opened.close();

t.test('a folder has one owner until it is given back', async (t) => {
  const folder = t.testdir();
  const first = open(folder);
  t.throws(() => open(folder), UsageError);
  t.throws(() => open(folder, true), new RegExp(`process ${process.pid} on ${hostname()} is training in it`));
  first.close();
  open(folder).close();
  t.notOk(existsSync(join(folder, 'run.lock')));
  t.throws(() => open(join(folder, 'none'), true), UsageError);
  t.notOk(existsSync(join(folder, 'none')), 'what is refused makes no folder');
  t.throws(() => open(folder, true, { lr: 1 }), /lr is 1/);
  t.notOk(existsSync(join(folder, 'run.lock')), 'what is refused gives the folder back');
  t.strictSame(remarks, []);
});

t.test('a stale lock is taken over with a remark, a live one is not', async (t) => {
  const far = { host: 'elsewhere', pid: process.pid };
  const taken: [string, unknown, number, RegExp][] = [
    ['its process is gone', { ...self, pid: 2 ** 22 + 1 }, 0, /there is no such process/],
    ['another process has its number', { ...self, pid: process.ppid, born: 'x 1' }, 0, /has its number now/],
    ['this process has its number', { ...self, born: 'x 1' }, 0, /the number of this process/],
    ['silent on another host', far, 3600, /process \d+ on elsewhere.*for \d\d minutes/],
    ['half written, long ago', 'x', 3600, /another process.*for \d\d minutes/],
  ];
  for (const [name, owner, seconds, remark] of taken) {
    const folder = lockedFolder(t, owner, seconds);
    open(folder).close();
    t.match(remarks.join(), remark, name);
    t.strictSame(readdirSync(folder).sort(), ['checkpoints', 'config.json', 'samples'], name);
    remarks.length = 0;
  }
  const { born: _, ...unborn } = self;
  const held: [string, unknown, number][] = [
    ['alive on another host', far, 60],
    ['alive on this host, silent or not', { ...unborn, pid: process.ppid }, 3600],
    ['in another container of this host', { ...self, namespace: 'pid:[1]', pid: 2 ** 22 + 1 }, 60],
    ['half written', 'x', 1],
  ];
  for (const [name, owner, seconds] of held) {
    const folder = lockedFolder(t, owner, seconds);
    t.throws(() => open(folder), /is training in it/, name);
  }
  t.strictSame(remarks, []);
});

t.test('temporary files are removed when their owner is gone', async (t) => {
  const folder = t.testdir();
  open(folder).close();
  const leftovers = ['config.json.4194305.tmp', 'metrics.jsonl.0badcafe-12.tmp'];
  for (const name of [...leftovers, 'notes.tmp']) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'checkpoints', 'last.safetensors.12345678-4194305.tmp'), '');
  open(folder).close();
  t.strictSame(readdirSync(folder).sort(), ['checkpoints', 'config.json', 'notes.tmp', 'samples']);
  t.strictSame(readdirSync(join(folder, 'checkpoints')), []);
});

const samples = [1, 2, 3].map((number) => drawSample(5, number, `eye${number}`, 1, 48));
const data = trainingData(samples, 0.34, 16, 3);
const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const copy = () => ({ ...unet, parameters: new Map([...unet.parameters].map(([k, v]) => [k, v.slice()])) });

interface Training {
  readonly folder: string;
  readonly resume?: boolean;
  readonly epochs?: number;
  readonly start?: string;
  readonly measureStart?: boolean;
  change?(learner: Learner): Learner;
  onUpdate?(done: number, controller: AbortController): void;
}

async function train({
  folder,
  resume = false,
  epochs = 1,
  start = '',
  change = (x) => x,
  ...more
}: Training) {
  const controller = new AbortController();
  return runSession({
    folder: openRunFolder({
      ...{ directory: folder, resume, start, remark: (line: string) => remarks.push(line) },
      config: { epochs, samples: hashOfSamples(data) },
    }),
    options: {
      ...{
        epochs,
        batch: 1,
        updatesPerEpoch: 2,
        learningRate: 1e-3,
        optimizer: 'adam',
        schedule: 'constant',
      },
      ...{ patience: 0, saveEvery: 1, measureStart: more.measureStart ?? false },
    },
    ...{ start: copy(), resume, signal: controller.signal },
    makeLearner: (model) => change(unetLearner(referenceEngine, model, data)),
    onUpdate: (done) => more.onUpdate?.(done, controller),
    onEpoch: () => {},
  });
}

t.test('a finished run can be prolonged, and not be cut short', async (t) => {
  const [whole, pieces] = [t.testdir(), join(t.testdir(), 'pieces')];
  await train({ folder: whole, epochs: 3 });
  await train({ folder: pieces, epochs: 1 });
  const { records } = await train({ folder: pieces, epochs: 3, resume: true });
  t.match(remarks.join(), /prolonged from 1 epochs to 3/);
  const scores = (text: string) => text.replaceAll(/"run":"\w+",/g, '');
  const metrics = (folder: string) => scores(readFileSync(join(folder, 'metrics.jsonl'), 'utf8'));
  t.equal(records.length, 3);
  t.equal(
    metrics(pieces),
    metrics(whole),
    'with a constant rate the same as if it had been longer from the start',
  );
  await t.rejects(train({ folder: pieces, epochs: 2, resume: true }), /it can be prolonged only/);
});

t.test('other samples are refused', async (t) => {
  const folder = t.testdir();
  open(folder).close();
  t.throws(() => open(folder, true, { samples: 'cd' }), /the data hold other images or labels/);
  t.throws(() => open(folder, true, { samples: 'cd', lr: 1 }), /lr is 1/);
  const changed = samples.map((sample) => ({ ...sample, label: sample.label!.map((id) => 1 - id) }));
  t.not(hashOfSamples(trainingData(changed, 0.34, 16, 3)), hashOfSamples(data));
});

t.test('files of two runs in one folder are refused', async (t) => {
  const root = t.testdir();
  const [one, other] = [join(root, 'one'), join(root, 'other')];
  await train({ folder: one, start: 'a' });
  await train({ folder: other, start: 'b' });
  for (const file of [
    'metrics.jsonl',
    'checkpoints/last.safetensors',
    'checkpoints/best.safetensors',
    'config.json',
  ]) {
    const mixed = join(root, 'mixed');
    rmSync(mixed, { recursive: true, force: true });
    cpSync(one, mixed, { recursive: true });
    cpSync(join(other, file), join(mixed, file));
    await t.rejects(train({ folder: mixed, resume: true }), DataError, file);
    await t.rejects(train({ folder: mixed, resume: true }), /of the run \w+.*take /, file);
  }
  for (const [file, text, message] of [
    ['metrics.jsonl', 'null\n', /metrics\.jsonl: line 1: /],
    ['metrics.jsonl', '', /epochs 0 to 0, but the checkpoint was written after 1/],
    ['checkpoints/best.safetensors', undefined, /best\.safetensors: cannot be read/],
  ] as const) {
    const broken = join(root, 'broken');
    rmSync(broken, { recursive: true, force: true });
    cpSync(one, broken, { recursive: true });
    rmSync(join(broken, file));
    if (text !== undefined) writeFileSync(join(broken, file), text);
    await t.rejects(train({ folder: broken, resume: true }), message, file);
    await t.rejects(train({ folder: broken, resume: true }), DataError, file);
  }
});

t.test('a run whose last checkpoint is lost is neither begun again nor overwritten', async (t) => {
  const folder = t.testdir();
  await train({ folder, epochs: 2 });
  const best = join(folder, 'checkpoints', 'best.safetensors');
  const before = readFileSync(best);
  rmSync(join(folder, 'checkpoints', 'last.safetensors'));
  await t.rejects(train({ folder, epochs: 2, resume: true }), /last\.safetensors: is missing/);
  await t.rejects(train({ folder, epochs: 2 }), /holds a run already/);
  t.ok(readFileSync(best).equals(before));
});

t.test(
  'a run that was stopped before its first checkpoint begins again, with nothing of the old one',
  async (t) => {
    const folder = t.testdir();
    await train({ folder, start: 'a' });
    rmSync(join(folder, 'checkpoints', 'last.safetensors')); // metrics and best are there: it died in between
    const onUpdate: Training['onUpdate'] = (_done, controller) => controller.abort();
    await train({ folder, start: 'b', resume: true, onUpdate });
    await t.resolves(train({ folder, start: 'b', resume: true }), 'its history is its own');
  },
);

t.test('the best so far is never worse than a start that was measured', async (t) => {
  const folder = t.testdir();
  const scores = [0.75, 0.5, 0.25];
  const change = (learner: Learner): Learner => ({
    ...learner,
    validate: () => ({ metrics: { f1: 0 }, images: [], spikes: 0, score: scores.shift()!, remarks: [] }),
  });
  const { best, records } = await train({ folder, epochs: 2, measureStart: true, change });
  t.match(best, { epoch: 0, updates: 0, score: 0.75 });
  t.equal(records.length, 3);
  const file = join(folder, 'checkpoints', 'best.safetensors');
  const { parameters } = decodeModel(readFileSync(file), file).model;
  t.strictSame([...parameters], [...unet.parameters], 'the start itself');
  await t.resolves(
    train({ folder, epochs: 2, measureStart: true, resume: true }),
    'its history begins with epoch 0',
  );
});

t.test('a folder that is deleted or taken over under a running training stops it', async (t) => {
  const folder = join(t.testdir(), 'run');
  const remove = () => rmSync(folder, { recursive: true });
  await t.rejects(
    train({ folder, epochs: 9, onUpdate: remove }),
    /run: was deleted while a training ran in it/,
  );
  t.notOk(existsSync(folder), 'and it is not made again');
  const steal = () => writeFileSync(join(folder, 'run.lock'), JSON.stringify({ host: 'elsewhere', pid: 7 }));
  await t.rejects(train({ folder, epochs: 9, onUpdate: steal }), /was taken over by process 7 on elsewhere/);
  t.ok(existsSync(join(folder, 'run.lock')), 'the lock is left to its new owner');
});
