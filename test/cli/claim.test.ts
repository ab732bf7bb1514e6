/**
 * Claims of jobs: one owner, who is believed while he shows that he lives, by the looker's own clock. Other
 * hosts are played by claims with their name; processes that race are real.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { claimPath, parseClaim, takeClaim } from '../../bin/share/claim.js';
import { STALE_SECONDS, watchClaims } from '../../bin/share/claimWatch.js';
import { moveAway } from '../../lib/node/moveAway.js';
import { self } from '../../lib/node/owner.js';
import { environment } from './command.js';

const root = t.testdir();
const never = () => t.fail('the claim is not lost');

/** A folder, with a claim of another host if a beat is given. */
function folder(name: string, beat?: number): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  if (beat !== undefined) writeFileSync(claimPath(path), foreign(beat));
  return path;
}
const foreign = (beat: number) => JSON.stringify({ host: 'elsewhere', pid: 1, id: 'theirs', beat });

/** A watch by a clock that the test sets, and what it logged. */
function watched() {
  const clock = { now: 0 };
  const lines: string[] = [];
  return {
    clock,
    lines,
    watch: watchClaims(
      (line) => lines.push(line),
      () => clock.now,
    ),
  };
}

t.test('only one can take a job; it says who and since when, and is gone in the end', async (t) => {
  const job = folder('one');
  const claim = takeClaim(job, never)!;
  t.equal(takeClaim(job, never), undefined);
  t.equal(watched().watch.take(job, never), undefined);
  const { host, pid, since, beat } = parseClaim(readFileSync(claimPath(job), 'utf8'))!;
  t.strictSame([host, pid, beat], [self().host, process.pid, 1]);
  t.match(since, /^\d{4}-\d\d-\d\dT/);
  claim.release();
  t.strictSame(readdirSync(job), []);
  const next = takeClaim(job, never)!;
  claim.release();
  t.ok(next.holds(), 'the first owner leaves the claim of the second alone');
  next.release();
  const listeners = process.listenerCount('exit');
  for (let k = 0; k < 3; k++) takeClaim(job, never)!.release();
  t.equal(process.listenerCount('exit'), listeners, 'a released claim leaves nothing behind');
});

t.test('a claim of another host is stale when it has not moved for a minute of looking', async (t) => {
  const job = folder('far', 1);
  const { clock, lines, watch } = watched();
  const lookFor = (seconds: number) => {
    for (let k = 0; k < seconds; k += 2, clock.now += 2) if (watch.take(job, never)) return true;
    return false;
  };
  t.notOk(lookFor(STALE_SECONDS));
  writeFileSync(claimPath(job), foreign(2));
  t.notOk(lookFor(STALE_SECONDS / 2), 'it moved');
  clock.now += 10_000;
  t.equal(watch.take(job, never), undefined, 'we slept: what happened meanwhile was not seen');
  writeFileSync(claimPath(job), foreign(1));
  t.notOk(lookFor(STALE_SECONDS), 'any change is a sign of life');
  const claim = watch.take(job, never);
  t.ok(claim?.holds());
  t.strictSame(lines, [
    `${job}: taken over from process 1 on elsewhere: it has not moved for ${STALE_SECONDS} seconds`,
  ]);
  t.strictSame(readdirSync(job), ['claim.json']);
  claim?.release();
});

t.test('half a claim is one, too; a claim of a process of this host that is gone is none', async (t) => {
  const half = folder('half');
  writeFileSync(claimPath(half), '{"host":');
  t.equal(watched().watch.take(half, never), undefined);
  const dead = folder('dead');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const { namespace } = self();
  writeFileSync(claimPath(dead), JSON.stringify({ host: self().host, namespace, pid, id: 'x', beat: 1 }));
  const { lines, watch } = watched();
  watch.take(dead, never)!.release();
  t.match(lines, [new RegExp(`taken over from process ${pid} on .*: there is no such process any more`)]);
  const reused = folder('reused');
  writeFileSync(claimPath(reused), JSON.stringify({ ...self(), born: 'before', id: 'x', beat: 1 }));
  if (self().born === undefined) return;
  watch.take(reused, never)!.release();
  t.match(lines[1], /another process has its number now/);
});

t.test('who moves away a claim that is not stale any more puts it back', async (t) => {
  const job = folder('back', 5);
  t.notOk(moveAway(claimPath(job), foreign(4)));
  t.equal(readFileSync(claimPath(job), 'utf8'), foreign(5));
  const handle = openSync(claimPath(job), 'r+'); // of an owner who is about to write
  t.notOk(moveAway(claimPath(job), foreign(4)));
  writeSync(handle, foreign(6));
  closeSync(handle);
  t.equal(readFileSync(claimPath(job), 'utf8'), foreign(6), 'the same file');
  writeFileSync(claimPath(job), foreign(5));
  t.ok(moveAway(claimPath(job), foreign(5)));
  t.notOk(moveAway(claimPath(job), foreign(5)), 'another was quicker');
  t.strictSame(readdirSync(job), []);
});

t.test('an owner beats, and is told once when its claim is gone or taken over', async (t) => {
  const [kept, taken, deleted] = ['kept', 'taken', 'deleted'].map((name) => folder(name));
  const lost: string[] = [];
  const claims = [kept, taken, deleted].map((job) => takeClaim(job, () => lost.push(job))!);
  writeFileSync(claimPath(`${taken}`), foreign(1));
  rmSync(claimPath(deleted));
  t.strictSame(
    claims.map((claim) => claim.holds()),
    [true, false, false],
  );
  const beatOf = () => parseClaim(readFileSync(claimPath(kept), 'utf8'))?.beat ?? 0;
  while (beatOf() < 3) await sleep(100);
  t.strictSame(lost.sort(), [deleted, taken].sort());
  t.equal(readFileSync(claimPath(taken), 'utf8'), foreign(1), 'the claim of the other was not written to');
  for (const claim of claims) claim.release();
  t.ok(existsSync(claimPath(taken)));
  t.notOk(existsSync(claimPath(kept)));
});

t.test('a folder in which somebody trains is left alone', async (t) => {
  const job = folder('trained');
  writeFileSync(join(job, 'run.lock'), JSON.stringify({ ...self(), pid: process.ppid, born: undefined }));
  const { watch } = watched();
  t.equal(watch.take(job, never), undefined);
  t.notOk(existsSync(claimPath(job)));
  renameSync(join(job, 'run.lock'), join(job, 'run.lock.old'));
  watch.take(job, never)!.release();
});

/** Jobs that the racers find with the claim of a process that is gone, each of a number of its own. */
const LEFT = 60;
const RACERS = 4;

const module = `file://${resolve('dist/bin/share/claimWatch.js')}`;
/** Takes three jobs again and again, then all that were left, and says which of those it has in the end. */
const racer = `
  import { existsSync, rmSync, writeFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  const { watchClaims } = await import(${JSON.stringify(module)});
  const [root, me] = process.argv.slice(1);
  const watch = watchClaims(() => {});
  const all = async (what) => {
    writeFileSync(root + '/' + what + me, '');
    for (let k = 0; k < ${RACERS}; k++) while (!existsSync(root + '/' + what + k)) await sleep(1);
  };
  let taken = 0;
  await all('ready');
  for (let k = 0; k < 1000; k++) {
    const job = root + '/race' + (k % 3);
    const claim = watch.take(job, () => {});
    if (!claim) continue;
    taken++;
    writeFileSync(job + '/busy', '', { flag: 'wx' }); // fails if another has it, too
    rmSync(job + '/busy');
    claim.release();
  }
  await all('go');
  const claims = [];
  for (let k = 0; k < ${LEFT}; k++) claims.push(watch.take(root + '/left' + k, () => {}));
  await all('end');
  const mine = claims.flatMap((claim, k) => (claim?.holds() ? k : []));
  await all('told');
  console.log(JSON.stringify({ taken, mine }));
`;

t.test('processes that race for jobs, also for those of the dead, never share one', async (t) => {
  for (let k = 0; k < LEFT; k++) {
    const dead = { ...self(), pid: 2 ** 22 + 1 + k, id: `dead${k}`, beat: 1 };
    writeFileSync(claimPath(folder(`left${k}`)), JSON.stringify(dead));
  }
  const children: ChildProcess[] = [];
  const ends = Array.from({ length: RACERS }, async (_, k) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', racer, root, String(k)], {
      env: environment,
    });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    const code = await new Promise((end) => child.once('close', end));
    t.equal(code, 0, err);
    if (code !== 0) for (const other of children) other.kill(); // they would wait for it
    return JSON.parse(out) as { taken: number; mine: number[] };
  });
  const told = await Promise.all(ends);
  for (const { taken } of told) t.ok(taken > 0, `${taken} taken`);
  const owned = told.flatMap(({ mine }) => mine).sort((a, b) => a - b);
  t.strictSame(
    owned,
    Array.from({ length: LEFT }, (_, k) => k),
    'each has one owner',
  );
});
