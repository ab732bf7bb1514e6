/**
 * Several processes at one table: they share its jobs, take over those of the killed, and leave alone what is
 * not theirs. What comes out has the hashes of a single process.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { wholeSeconds } from '../../bin/reproduce/jobOrder.js';
import { stream } from '../../lib/core/rng.js';
import { hashesIn as madeIn } from '../support/doneJobs.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { trustHost } from '../support/trustedHost.js';
import { environment, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
writeTinyDrive(at('data', 'DRIVE'));
/** Rounds of killing: `KILLS=50 npx tap .. test/cli/shared.test.ts` tries more. */
const ROUNDS = Number(process.env.KILLS ?? 1);
/** Workers that are killed in a round. */
const KILLED = 3;
const FAMILY = 'drive-w1-s1-e1-p16';
const CELLS = 'drive/unet,drive/mt-connection/';
const args = (runs: string, ...more: string[]) => [
  ...['reproduce', 'table1', '--runs', at(runs), '--data', at('data'), '--cells', CELLS],
  ...'--width 1 --epochs 1 --patches 16 --threads 1'.split(' '),
  ...more,
];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  given: readonly string[],
  spy: Readonly<Record<string, string>> = {},
): { process: ChildProcess; ended: Promise<Ended> } {
  const env = { ...environment, ...spy };
  const child = spawn(process.execPath, ['dist/bin/spiking-unet.js', ...given], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Ended>((end) => child.once('close', (code) => end({ code, out, err })));
  return { process: child, ended };
}

const filesIn = (runs: string) => readdirSync(at(runs), { recursive: true, encoding: 'utf8' }).sort();
/** What every job made, by folder. */
const hashesIn = (runs: string) => madeIn(at(runs));

const waitFor = async (isThere: () => boolean, { process: child }: { process: ChildProcess }) => {
  while (!isThere() && child.exitCode === null) await sleep(10);
};

/** Kills trainings as soon as they own their folder: so many of those that a command starts. */
writeFileSync(
  at('spy.cjs'),
  `const fs = require('node:fs');
  const { KILLED, KILLS } = process.env;
  const write = fs.writeFileSync;
  fs.writeFileSync = (path, ...rest) => {
    write(path, ...rest);
    if (!/run\\.lock$/.test(String(path)) || fs.readdirSync(KILLED).length >= Number(KILLS)) return;
    write(KILLED + '/' + process.pid, '');
    process.kill(process.pid, 'SIGKILL');
  };
  require('node:module').syncBuiltinESMExports();`,
);
/** The first training that goes on is refused, as if its folder had an owner for a moment. */
writeFileSync(
  at('refuse.cjs'),
  `const fs = require('node:fs');
  const refused = ${JSON.stringify(at('refused'))};
  if (process.argv.includes('--resume') && !fs.existsSync(refused)) {
    fs.writeFileSync(refused, '');
    console.error('another one trains in it');
    process.exit(2);
  }`,
);
function dyingTrainings(name: string, kills: number) {
  const killed = at(`${name}-killed`);
  mkdirSync(killed);
  return { NODE_OPTIONS: `--require ${at('spy.cjs')}`, KILLED: killed, KILLS: `${kills}` };
}

spikingUnetJson(...args('alone'));
const alone = hashesIn('alone');

t.test('a plan of what is done is as long as it was', async (t) => {
  const seconds = alone.map(({ file }) => JSON.parse(readFileSync(at('alone', file), 'utf8')).seconds);
  const sum = seconds.reduce((total, some) => total + some, 0);
  const { jobs, shared, path } = spikingUnetJson(...args('alone', '--dry-run'));
  t.strictSame(jobs, []);
  t.strictSame(
    shared.map(({ machines }: { machines: number }) => machines),
    [1, 2, 5, 16],
  );
  t.equal(shared[0].seconds, wholeSeconds(sum));
  t.equal(shared[3].seconds, path);
  t.ok(path <= wholeSeconds(sum));
});

t.test('two processes share the jobs: each is done once, with the same result', async (t) => {
  t.equal(alone.length, 5);
  const [first, second] = [start(args('both', '--jobs', '2')), start(args('both'))];
  const ends = await Promise.all([first.ended, second.ended]);
  for (const { code, err } of ends) t.equal(code, 0, err);
  t.equal(ends[0].out, ends[1].out);
  t.strictSame(hashesIn('both'), alone);
  t.strictSame(
    filesIn('both').filter((file) => /claim|failed/.test(file)),
    [],
  );
  const lines = ends.flatMap(({ err }) => err.match(/^\[\d+\/\d, about .* left\] drive.*$/gm) ?? []);
  t.strictSame(
    lines.map((line) => line.replace(/.* /, '')).sort(),
    alone.map(({ file }) => join(file, '..')).sort(),
  );
});

t.test('one is killed in the middle of a job: another ends the table with the same hashes', async (t) => {
  const jobs = ['unet', 'mt-connection/T10', 'unet/eval', 'mt-connection', 'mt-connection/T10/eval'];
  for (let round = 0; round < ROUNDS; round++) {
    const runs = `killed${round}`;
    trustHost(at(runs));
    const job = at(runs, FAMILY, jobs[round % jobs.length]);
    const [first, second] = [start(args(runs, '--jobs', '2')), start(args(runs, '--worker'))];
    const owner = () => {
      try {
        return JSON.parse(readFileSync(join(job, 'claim.json'), 'utf8')).pid;
      } catch {
        return undefined;
      }
    };
    await waitFor(() => owner() !== undefined || existsSync(join(job, 'done.json')), first);
    await sleep(37 * (round % 11));
    const [killed, other] = owner() === second.process.pid ? [second, first] : [first, second];
    killed.process.kill('SIGKILL');
    const { code, err } = await other.ended;
    t.equal(code, 0, err);
    t.strictSame(hashesIn(runs), alone, `round ${round}`);
    await killed.ended;
    rmSync(at(runs), { recursive: true });
  }
});

t.test('three workers are killed at random and started again: the table has the same hashes', async (t) => {
  const rng = stream(5, 'kills');
  for (let round = 0; round < ROUNDS; round++) {
    const runs = `random${round}`;
    trustHost(at(runs));
    const worker = () => start(args(runs, '--worker'));
    const workers = [worker(), worker(), worker()];
    for (let kill = 0; kill < KILLED; kill++) {
      await sleep(rng.integer(2000));
      const k = rng.integer(workers.length);
      workers[k].process.kill('SIGKILL');
      await workers[k].ended;
      workers[k] = worker();
    }
    for (const { code, err } of await Promise.all(workers.map(({ ended }) => ended))) t.equal(code, 0, err);
    t.strictSame(hashesIn(runs), alone, `round ${round}`);
    rmSync(at(runs), { recursive: true });
  }
});

t.test('a command that crashes is run once more; if it crashes again, the rest goes on', async (t) => {
  const long = (name: string) => args(name).map((arg) => (arg === CELLS ? 'drive/unet' : arg));
  const { code, err } = await start(long('once'), dyingTrainings('once', 1)).ended;
  t.equal(code, 0, err);
  t.match(err, /unet: crashed \(killed\): .*; once more$/m);
  t.strictSame(
    hashesIn('once'),
    alone.filter(({ file }) => file.includes('/unet/')),
  );
  const end = await start(long('twice'), dyingTrainings('twice', 2)).ended;
  t.equal(end.code, 1, end.err);
  t.match(end.err, /1 failed; .*\n {2}.*unet on .*: killed: /);
  t.match(end.err, /1 blocked, .*\n {2}.*unet\/eval\n/);
});

t.test('a process whose claim is taken away stops its command and writes nothing', async (t) => {
  const run = start(args('lost').map((arg) => (arg === CELLS ? 'drive/unet' : arg === '16' ? '20000' : arg)));
  const job = at('lost', FAMILY.replace('p16', 'p20000'), 'unet');
  await waitFor(() => existsSync(join(job, 'run.lock')), run);
  writeFileSync(
    join(job, 'claim.json'),
    JSON.stringify({ host: 'elsewhere', pid: 1, id: 'theirs', beat: 1 }),
  );
  await waitFor(() => !existsSync(join(job, 'run.lock')), run);
  t.equal(run.process.exitCode, null, 'it waits for the other');
  t.notOk(existsSync(join(job, 'done.json')));
  t.match(readFileSync(join(job, 'claim.json'), 'utf8'), 'elsewhere');
  run.process.kill('SIGTERM');
  const { code, err } = await run.ended;
  t.equal(code, 143, err);
  t.match(err, /unet: is another process's now/);
});

t.test('--only: jobs by their folders, also before those that they need', async (t) => {
  const named = (...folders: string[]) => [
    ...args('only', '--only'),
    ...folders.map((folder) => join(FAMILY, folder)),
  ];
  const early = await start(named('mt-connection/T10')).ended;
  t.equal(early.code, 2);
  t.match(early.err, /--only: \S+unet has to be done before; name it, too, or add --worker to wait for it/);
  const unknown = await start(named('unet', 'unett')).ended;
  t.equal(unknown.code, 2);
  t.match(unknown.err, /--only \S+unett: these tables with these options have no such job; one is \S+unet$/m);
  t.notOk(existsSync(at('only')), 'nothing was begun');
  trustHost(at('only'));
  const waiting = start([...named('mt-connection/T10', 'mt-connection/T10/eval'), '--worker']);
  const [unet, converted] = [await start(named('unet')).ended, await start(named('mt-connection')).ended];
  for (const { code, err } of [unet, converted]) t.equal(code, 0, err);
  t.match(unet.out, /^1 done, 0 running, 0 failed, 0 waiting$/m);
  const { code, err, out } = await waiting.ended;
  t.equal(code, 0, err);
  t.match(out, /^2 done, 0 running/m);
  t.strictSame(
    hashesIn('only'),
    alone.filter(({ file }) => !file.includes('unet/eval')),
  );
});

t.test('--only --worker ends when a job that it needs fails', async (t) => {
  const child = start(args('sad', '--only', `${FAMILY}/mt-connection`, '--worker'));
  await waitFor(() => existsSync(at('sad')), child);
  const failed = await start(args('sad', '--only', `${FAMILY}/unet`, '--engine', 'no')).ended;
  t.equal(failed.code, 1);
  const { code, err } = await child.ended;
  t.equal(code, 1, err);
  t.match(err, /1 failed; .*\n {2}.*unet on .*: exit code 2/);
  t.match(err, /1 blocked, .*\n {2}.*mt-connection\n/);
});

t.test(
  'a training that was killed before its first checkpoint is done again, also by the second try',
  async (t) => {
    const job = at('early', FAMILY, 'unet');
    trustHost(at('early'));
    const only = args('early', '--only', `${FAMILY}/unet`);
    t.equal((await start(only).ended).code, 0);
    for (const file of ['done.json', 'checkpoints/last.safetensors']) rmSync(join(job, file));
    t.match(readFileSync(join(job, 'metrics.jsonl'), 'utf8'), /"epoch":1/);
    const { code, err } = await start(only, { NODE_OPTIONS: `--require ${at('refuse.cjs')}` }).ended;
    t.equal(code, 0, err);
    t.match(err, /unet: crashed \(exit code 2\): another one trains in it; once more$/m);
    t.strictSame(
      hashesIn('early'),
      alone.filter(({ file }) => file.endsWith('/unet/done.json')),
    );
  },
);
