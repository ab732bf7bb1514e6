/**
 * `reproduce --submit slurm` on a real Slurm of three nodes: whatever happens to nodes and submissions, the
 * table ends with the hashes of a single process, and what is done or queued is not submitted again.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { environment, spikingUnet } from '../cli/command.js';
import { hashesIn as madeIn } from '../support/doneJobs.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { trustHost } from '../support/trustedHost.js';
import { type Cluster, missing, NODES, startCluster, until } from './cluster.js';

const root = realpathSync(t.testdir());
const at = (...parts: string[]) => join(root, ...parts);
const FAMILY = 'drive-w1-s1-e8-p16';
const args = (runs: string, ...more: string[]) => [
  ...[
    'reproduce',
    'table1',
    '--runs',
    at(runs),
    '--data',
    at('data'),
    '--cells',
    'drive/unet,drive/mt-connection/',
  ],
  ...'--width 1 --epochs 8 --patches 16 --threads 1'.split(' '),
  ...more,
];
/** What every job made, by folder. */
const hashesIn = (runs: string) => madeIn(at(runs));

t.setTimeout(1_500_000);

/** Suspends a training that has saved for the first time. */
writeFileSync(
  at('hold.cjs'),
  `const fs = require('node:fs');
  const rename = fs.renameSync;
  fs.renameSync = (from, to) => {
    rename(from, to);
    if (!/last\\.safetensors$/.test(String(to)) || fs.existsSync(process.env.HELD)) return;
    fs.writeFileSync(process.env.HELD, '');
    process.kill(process.pid, 'SIGSTOP');
  };
  require('node:module').syncBuiltinESMExports();`,
);

const statusOf = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
const { SIGTERM } = constants.signals;
const hasPending = (pid: number, signal: number) => {
  const [, mask] = /^ShdPnd:\t(\w+)/m.exec(statusOf(pid))!;
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
};

t.test('Slurm', { skip: missing, timeout: 1_500_000 }, async (t) => {
  writeTinyDrive(at('data', 'DRIVE'));
  t.equal(spikingUnet(...args('alone', '--quiet')).status, 0);
  const alone = hashesIn('alone');
  const cluster = await startCluster(at('cluster'));
  t.teardown(() => cluster.end());
  /** `spy`: variables of the environment that jobs inherit. */
  const reproduceWith = (spy: Readonly<Record<string, string>>, words: readonly string[]) =>
    spawnSync(process.execPath, ['dist/bin/spiking-unet.js', ...words], {
      env: { ...environment, ...slurmOnly(cluster), ...spy },
      encoding: 'utf8',
    });
  const reproduce = (...words: string[]) => reproduceWith({}, words);
  const submit = (runs: string, sbatch = '', spy = {}) => {
    trustHost(at(runs));
    const words = args(runs, '--submit', 'slurm', '--json', '--sbatch', sbatch);
    const { status, stdout, stderr } = reproduceWith(spy, words);
    t.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const stateOf = (id: string) => /JobState=(\S+)/.exec(cluster.slurm('scontrol', 'show', 'job', id))?.[1];
  const reach = (id: string, state: string) =>
    until(
      () => stateOf(id) === state,
      () => `${id} is ${stateOf(id)}, not ${state}`,
    );
  const allDone = (runs: string) =>
    until(
      () => hashesIn(runs).length === alone.length,
      () => `${runs}: ${hashesIn(runs).length} are done`,
    );
  const trainer = (runs: string) =>
    Number(JSON.parse(readFileSync(at(runs, FAMILY, 'unet', 'run.lock'), 'utf8')).pid);
  /** Submits jobs whose training suspends itself when it has saved for the first time, and waits for that. */
  const submitHeld = async (runs: string, sbatch = '') => {
    const { submitted } = submit(runs, sbatch, {
      NODE_OPTIONS: `--require ${at('hold.cjs')}`,
      HELD: at(`${runs}-held`),
    });
    await until(
      () => /^State:\tT/m.test(statusOf(trainer(runs))),
      () => `${runs}: no training that is suspended`,
    );
    return submitted;
  };
  /** Sooner than the two minutes that Slurm would wait; but a node must have forgotten the first start. */
  const hurry = (id: string) => cluster.slurm('scontrol', 'update', `JobId=${id}`, 'StartTime=now+5');

  await t.test('what --dry-run prints is a script that submits', async (t) => {
    const only = ['unet', 'unet/eval'].map((folder) => `${FAMILY}/${folder}`);
    const { stdout } = reproduce(...args('script', '--submit', 'slurm', '--dry-run', '--only', ...only));
    t.notOk(existsSync(at('script')), 'it does nothing itself');
    const { status, stderr } = spawnSync('sh', { env: cluster.environment, input: stdout, encoding: 'utf8' });
    t.equal(status, 0, stderr);
    const expected = alone.filter(({ file }) => file.includes('/unet/'));
    await until(
      () => hashesIn('script').length === expected.length,
      () => 'script: not done',
    );
    t.strictSame(hashesIn('script'), expected);
  });

  await t.test('a submission for each network, with its evaluation if nothing starts from it', async (t) => {
    const { submitted } = submit('kinds', '--hold');
    const names = (folders: string[]) => folders.map((folder) => folder.replace(`${FAMILY}/`, ''));
    t.strictSame(
      submitted.map(({ jobs }: { jobs: string[] }) => names(jobs)),
      [['unet'], ['mt-connection'], ['mt-connection/T10', 'mt-connection/T10/eval'], ['unet/eval']],
    );
    const [unet, converted, , evaluation] = submitted;
    t.strictSame(converted.after, [unet.id]);
    t.strictSame(evaluation.after, [unet.id]);
    t.match(submit('kinds'), { submitted: [], inQueue: 5 });
    const { stdout } = reproduce(...args('kinds', '--status'));
    t.match(stdout, new RegExp(`waiting +${FAMILY}/unet +submission ${unet.id} of Slurm`));
    cluster.slurm('scancel', ...submitted.map(({ id }: { id: string }) => id));
    const again = submit('kinds', '--hold').submitted;
    t.equal(again.length, 4, 'what was cancelled is submitted again');
    cluster.slurm('scancel', ...again.map(({ id }: { id: string }) => id));
  });

  await t.test('SIGTERM before the time is over: it saves, is queued again, and goes on', async (t) => {
    const [{ id }] = await submitHeld('warned');
    cluster.slurm('scancel', '--batch', '--signal=TERM', id);
    await until(
      () => hasPending(trainer('warned'), SIGTERM),
      () => 'warned: no SIGTERM',
    );
    process.kill(trainer('warned'), 'SIGCONT');
    await reach(id, 'PENDING');
    t.match(cluster.slurm('scontrol', 'show', 'job', id), / Restarts=1 /);
    hurry(id);
    await allDone('warned');
    t.strictSame(hashesIn('warned'), alone);
    t.match(readFileSync(at('warned', 'slurm', `${id}.out`), 'utf8'), /saved: asks to be queued again/);
    t.match(submit('warned'), { submitted: [], inQueue: 0 });
  });

  await t.test(
    'a node is killed in mid-training, one submission takes too long, one is cancelled',
    async (t) => {
      const [late] = await submitHeld('late', '--time=1 --signal=B:CONT@1');
      const [killed] = await submitHeld('killed');
      const node = cluster.slurm('squeue', '--noheader', `--jobs=${killed.id}`, '--format=%N').trim();
      cluster.cutPower(node);
      const [cancelled] = await submitHeld('cancelled', `--exclude=${node}`);
      cluster.slurm('scancel', cancelled.id);
      await reach(cancelled.id, 'CANCELLED');
      submit('cancelled');
      await reach(killed.id, 'PENDING');
      cluster.power(node);
      hurry(killed.id);
      await allDone('killed');
      await allDone('cancelled');
      await reach(late.id, 'TIMEOUT');
      submit('late');
      await allDone('late');
      for (const runs of ['killed', 'cancelled', 'late']) t.strictSame(hashesIn(runs), alone, runs);
    },
  );

  await t.test(
    'a node whose disk is full: what it failed is done elsewhere when submitted again',
    async (t) => {
      const folder = at('full', FAMILY, 'unet', 'checkpoints');
      mkdirSync(folder, { recursive: true });
      const [node] = NODES;
      cluster.cutPower(node);
      const small = `mount -t tmpfs -o size=8k tmpfs '${folder}' && exec "$@"`;
      cluster.power(node, ['unshare', '--mount', 'sh', '-c', small, 'sh']);
      await until(
        () => cluster.slurm('sinfo', '-h', '-n', node, '-o', '%t').trim() === 'idle',
        () => `${node} is down`,
      );
      const [failed, ...others] = submit('full', `--nodelist=${node}`).submitted;
      await reach(failed.id, 'FAILED');
      for (const { id } of others) await reach(id, 'CANCELLED');
      const { stdout } = reproduce(...args('full', '--status'));
      t.match(stdout, /failed .*unet .*the disk is full/);
      t.equal(submit('full', `--exclude=${node}`).submitted.length, 4);
      await allDone('full');
      t.strictSame(hashesIn('full'), alone);
    },
  );
});

function slurmOnly({ environment: { SLURM_CONF } }: Cluster) {
  return { SLURM_CONF };
}
