/** `reproduce --audit`: jobs of other hosts are repeated here; what differs is an error with both hashes. */

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { auditsOf, ownRuns, repeatedIn } from '../../bin/reproduce/auditFolder.js';
import { sampleOf } from '../../bin/reproduce/auditSample.js';
import type { Job } from '../../bin/reproduce/job.js';
import { mergeRuns } from '../../bin/reproduce/merge.js';
import { type Done, readDone, writeDone } from '../../bin/reproduce/store.js';
import { packageVersion } from '../../lib/node/package.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { trustHost } from '../support/trustedHost.js';
import { environment, spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const [runs, here] = [at('runs'), hostname()];
const FAMILY = 'drive-w1-s1-e1-p16';
const args = (...more: string[]) => [
  ...['reproduce', 'table1', '--runs', runs, '--cells', 'drive/unet,drive/mt-connection/'],
  ...'--width 1 --epochs 1 --patches 16 --threads 1'.split(' '),
  ...more,
];
const [data, moved] = ['data', 'moved'].map((folder) => ['--data', at(folder)]);
for (const folder of ['data', 'moved']) writeTinyDrive(at(folder, 'DRIVE'));

/** A job as far as its record needs it. */
const jobIn = (name: string, command = ''): Job => ({
  ...{ folder: join(FAMILY, name), command: [command], needs: [], macs: 0 },
});
const STAGES = {
  unet: 'train',
  'unet/eval': 'evaluate',
  'mt-connection': 'convert',
  'mt-connection/T10': 'finetune',
  'mt-connection/T10/eval': 'evaluate',
};
/** Changes the record of a job, as if it had been done so. */
function redo(name: keyof typeof STAGES, change: Partial<Done>): Done {
  const job = jobIn(name, STAGES[name]);
  const { model: _model, output: _output, sha256: _sha256, ...done } = readDone(runs, job)!;
  writeDone(runs, job, { ...done, ...change });
  return readDone(runs, job)!;
}
const audits = auditsOf(runs, here);
const pathOf = (name: string) => join(ownRuns(audits, jobIn(name)), FAMILY, name, 'done.json');
const repeated = () =>
  (existsSync(audits) ? readdirSync(audits) : []).filter((name) =>
    existsSync(join(audits, name, ...name.split('+'), 'done.json')),
  );

spikingUnet(...args(...data));
trustHost(runs);
const every = Object.keys(STAGES) as (keyof typeof STAGES)[];

t.test('where no other host has done anything, there is nothing to do', async (t) => {
  const { status, stdout } = spikingUnet(...args(...data, '--audit', '5%'));
  t.equal(status, 0);
  t.match(stdout, /^no job was done on another host$/m);
  for (const name of every) redo(name, { host: 'other', version: '0.0.1' });
  const { stdout: old } = spikingUnet(...args(...data, '--audit', '5%'));
  t.match(old, /^no job of another host can be compared; 5 were left out \(5 by version 0\.0\.1\)$/m);
  for (const name of every) redo(name, { version: packageVersion() });
  t.strictSame(repeated(), []);
});

t.test('a job that fails here is named, and the exit code is 1', async (t) => {
  const { status, stdout, stderr } = spikingUnet(...args(...data, '--audit', '1', '--engine', 'no'));
  t.equal(status, 1);
  t.match(
    stderr,
    /1 failed; the same command tries them again:\n {2}drive.* on .*: exit code 2: .*engine no/,
  );
  t.match(stdout, /^0 of 5 jobs of other hosts: 0 same, 0 different, 1 could not be repeated$/m);
});

t.test('an audit that is stopped goes on; data may lie elsewhere; nothing is repeated twice', async (t) => {
  const command = ['dist/bin/spiking-unet.js', ...args(...moved, '--audit', '100%')];
  const child = spawn(process.execPath, command, { env: environment, stdio: 'ignore' });
  const ended = new Promise((end) => child.once('close', end));
  while (repeated().length === 0 && child.exitCode === null) await sleep(10);
  child.kill('SIGTERM');
  t.equal(await ended, 143);
  const before = repeated();
  t.ok(before.length > 0 && before.length < 5, `${before}`);
  const texts = () =>
    before.map((name) => readFileSync(join(audits, name, ...name.split('+'), 'done.json'), 'utf8'));
  const first = texts();
  const result = spikingUnetJson(...args(...moved, '--audit', '100%'));
  t.match(result, { audited: 5, same: 5, different: 0, failed: 0, comparable: 5, skipped: {} });
  for (const job of result.jobs) t.match(job, { doneOn: 'other', auditedOn: here, same: true });
  t.strictSame(
    result.jobs.map(({ job }: { job: string }) => job).sort(),
    every.map((name) => join(FAMILY, name)).sort(),
  );
  t.strictSame(texts(), first);
  t.equal(repeated().length, 5);
  t.match(spikingUnet(...args(...moved, '--audit', '100%', '--dry-run')).stdout, 'everything is done');
  t.match(spikingUnet(...args('--status', ...data)).stdout, `5 audited on ${here}: all the same`);
});

t.test('another result, another model: exit code 1, both hosts, both hashes', async (t) => {
  const evaluated = readDone(runs, jobIn('unet/eval'))!;
  const wrong = redo('unet/eval', { result: { ...evaluated.result, metrics: { f1: 1 } } });
  appendFileSync(join(runs, FAMILY, 'mt-connection', 'T10', 'checkpoints', 'best.safetensors'), ' ');
  const { model } = redo('mt-connection/T10', {});
  const only = ['unet/eval', 'mt-connection/T10', 'mt-connection'].map((name) => join(FAMILY, name));
  const { status, stdout, stderr } = spikingUnet(
    ...args(...data, '--audit', '9', '--quiet', '--only', ...only),
  );
  t.equal(status, 1);
  t.match(stdout, /^3 of 3 jobs of other hosts: 1 same, 2 different$/m);
  t.match(stdout, /unet\/eval +other +\S+ +differs/);
  const ours = (name: string) => JSON.parse(readFileSync(pathOf(name), 'utf8'));
  for (const part of [
    `on ${here} (result ${evaluated.output})`,
    `on other (result ${wrong.output})`,
    `on ${here} (model ${ours('mt-connection/T10').model})`,
    `on other (model ${model})`,
    'The same command has one result: find out which is wrong ("spiking-unet verify" on both hosts)',
  ])
    t.ok(stderr.includes(part), part);
  const { stdout: seen } = spikingUnet(...args('--status', ...data));
  // T10/eval was repeated with a model that is not there any more: it has to be repeated again.
  t.match(
    seen,
    new RegExp(`^4 audited on .*: different: ${FAMILY}/unet/eval, ${FAMILY}/mt-connection/T10$`, 'm'),
  );
});

t.test('what was repeated with another version of the program is repeated again', async (t) => {
  const [job, { version }] = [jobIn('unet/eval'), readDone(runs, jobIn('unet/eval'))!];
  t.ok(repeatedIn(audits, runs, job));
  redo('unet/eval', { version: '0.0.1' });
  t.notOk(repeatedIn(audits, runs, job));
  redo('unet/eval', { version });
});

t.test('a model that is not the one that was made is an error before anything runs', async (t) => {
  appendFileSync(join(runs, FAMILY, 'mt-connection', 'T10', 'checkpoints', 'best.safetensors'), ' ');
  const { status, stderr } = spikingUnet(...args(...data, '--audit', '100%'));
  t.equal(status, 3);
  t.match(stderr, /T10\/checkpoints\/best\.safetensors: is not the model that .*done\.json tells of/);
});

t.test('a merge takes no repetitions for jobs', async (t) => {
  mkdirSync(at('merged'));
  const { taken } = mergeRuns(runs, at('merged'));
  t.strictSame(taken, every.map((name) => join(FAMILY, name)).sort());
  t.notOk(existsSync(at('merged', 'audit')));
});

t.test('the sample: at least one, nested, and another one on another host', async (t) => {
  const graph = Array.from({ length: 40 }, (_, k) => ({ ...jobIn(`job${k}`), folder: `job${k}` }));
  const facts = { command: 'x', version: packageVersion(), seconds: 1, threads: 1, result: {} };
  for (const [k, job] of graph.entries())
    writeDone(at('many'), job, {
      ...facts,
      ...(k % 4 === 0 ? { host: 'a' } : k % 4 === 1 ? {} : { host: 'c' }),
    });
  const chosen = (host: string, share: Parameters<typeof sampleOf>[3]) =>
    sampleOf(graph, at('many'), host, share).jobs.map(({ folder }) => folder);
  t.match(sampleOf(graph, at('many'), 'a', { jobs: 1 }), {
    comparable: 20,
    skipped: { 'without host or hashes': 10 },
  });
  t.equal(chosen('a', { percent: 0.1 }).length, 1);
  t.equal(chosen('a', { percent: 100 }).length, 20);
  t.equal(chosen('b', { percent: 100 }).length, 30);
  const few = chosen('b', { percent: 20 });
  t.equal(few.length, 6);
  t.strictSame(chosen('b', { jobs: 12 }).slice(0, 6), few);
  t.notSame(chosen('d', { percent: 20 }), few);
});

t.test('shares that make no sense, and options that do other things', async (t) => {
  for (const share of ['0%', '101%', '5 %', '-1', '0', '1.5', 'all', '%']) {
    const { status, stderr } = spikingUnet(...args('--audit', share));
    t.equal(status, 2, share);
    t.match(stderr, /'--audit <share>'/);
  }
  for (const other of [['--status'], ['--worker'], ['--report', 'x.md'], ['--plot', 'x.png']]) {
    const { status, stderr } = spikingUnet(...args('--audit', '5%', ...other));
    t.equal(status, 2);
    t.match(stderr, new RegExp(`'--audit <share>' cannot be used with option '${other[0]}`));
  }
});
