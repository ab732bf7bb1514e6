/** Jobs that cannot be done: what `reproduce` says of them, does not try again, and shows with `--status`. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { takeClaim } from '../../bin/share/claim.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
writeTinyDrive(at('data', 'DRIVE'));
mkdirSync(at('data', 'EM')); // there is nothing in it
const args = (...more: string[]) => [
  ...['reproduce', 'table1', '--runs', at('runs'), '--data', at('data'), '--cells', 'drive/unet,em/unet'],
  ...'--width 1 --epochs 1 --patches 8 --threads 1'.split(' '),
  ...more,
];
const EM = 'em-w1-s1-e1-p8/unet';
const failure = () => JSON.parse(readFileSync(at('runs', EM, 'failed.json'), 'utf8'));
const counts = ({ done, running, failed, waiting }: Record<string, unknown>) => [
  done,
  running,
  failed,
  waiting,
];
const jobsOf = (status: { jobs: { folder: string; state: string }[] }) =>
  new Map(status.jobs.map((job) => [job.folder, job]));

t.test('before the start everything waits, and --status makes no folder', async (t) => {
  t.strictSame(counts(spikingUnetJson(...args('--status'))), [0, 0, 0, 4]);
  t.notOk(existsSync(at('runs')));
});

t.test('data that is missing fails one job and blocks another; the rest is done: exit code 3', async (t) => {
  const { status, stdout, stderr } = spikingUnet(...args('--quiet'));
  t.equal(status, 3);
  t.match(stdout, /^DRIVE +10 +F1 +0\.\d{4} \(0\.806\)/m);
  t.match(stdout, /^EM +50 +F1 +- \(0\.948\)/m);
  const { code, why, host, command } = failure();
  t.equal(code, 3);
  t.match(why, /EM/);
  t.ok(
    stderr.includes(
      `1 failed; the same command tries them again:\n  ${EM} on ${host}: exit code 3: ${why}\n`,
    ),
  );
  t.ok(stderr.includes(command));
  t.ok(stderr.includes(`1 blocked, since they need one that failed:\n  ${EM}/eval\n`), stderr);
});

t.test('--status says what is done, failed, and why; it touches nothing', async (t) => {
  const all = () =>
    readdirSync(at('runs'), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${file} ${statSync(at('runs', file)).mtimeMs}`,
    );
  const before = all();
  const shown = spikingUnetJson(...args('--status'));
  t.strictSame(counts(shown), [2, 0, 1, 1]);
  const { why, host } = failure();
  t.match(jobsOf(shown).get(EM), { state: 'failed', host, why: `exit code 3: ${why}` });
  t.match(jobsOf(shown).get(`${EM}/eval`), { state: 'waiting', why: 'it needs a job that failed' });
  const { stdout } = spikingUnet(...args('--status'));
  t.match(stdout, new RegExp(`^failed +${EM} +on ${host}, exit code 3: `, 'm'));
  t.match(stdout, /^2 done, 0 running, 1 failed, 1 waiting$/m);
  t.strictSame(all(), before);
});

t.test('a worker leaves what has failed; without --worker it is tried again', async (t) => {
  const { claim } = failure();
  const worker = spikingUnet(...args('--worker'));
  t.equal(worker.status, 3);
  t.match(worker.stderr, /1 blocked/);
  t.notMatch(worker.stderr, /^\[1\//m);
  t.equal(failure().claim, claim);
  t.equal(spikingUnet(...args()).status, 3);
  t.not(failure().claim, claim);
});

t.test('--status says who is at a job, and since when', async (t) => {
  const claim = takeClaim(at('runs', EM), () => t.fail('lost'))!;
  const shown = jobsOf(spikingUnetJson(...args('--status'))).get(EM);
  t.match(shown, { state: 'running', pid: process.pid, since: /^\d{4}-/ });
  const text = readFileSync(at('runs', EM, 'claim.json'), 'utf8');
  claim.release();
  writeFileSync(at('runs', EM, 'claim.json'), text.replace(`"pid":${process.pid}`, `"pid":${2 ** 22 + 1}`));
  const { state, why } = jobsOf(spikingUnetJson(...args('--status'))).get(EM) as {
    state: string;
    why?: string;
  };
  t.equal(state, 'waiting');
  t.match(why, /left by process 4194305 on .*: there is no such process any more/);
});

t.test('another option that is wrong for every job is a failure: exit code 1', async (t) => {
  const { status, stderr } = spikingUnet(...args('--runs', at('other'), '--engine', 'none'));
  t.equal(status, 1);
  t.match(stderr, /2 failed.*\n {2}.*: exit code 2: /);
});
