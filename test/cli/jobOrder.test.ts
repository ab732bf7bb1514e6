/** Jobs in order, on random graphs: nothing before what it needs, no job twice, the longest path first. */

import t from 'tap';
import { plan } from '../../bin/reproduce/dryRun.js';
import type { Job } from '../../bin/reproduce/job.js';
import {
  blockedJobs,
  pathSeconds,
  readyJobs,
  type State,
  scheduleSeconds,
  secondsLeft,
} from '../../bin/reproduce/jobOrder.js';
import { stream } from '../../lib/core/rng.js';

const rng = stream(7, 'graphs');
const secondsOf = ({ macs }: Job) => macs;

/** Jobs in an order in which they can be done; `macs` are the seconds. */
function randomGraph(): Job[] {
  const jobs: Job[] = [];
  const size = 1 + rng.integer(30);
  for (let k = 0; k < size; k++) {
    const needs = jobs.filter(() => rng.uniform() < 2 / size);
    jobs.push({ folder: `job${k}`, command: ['x'], needs, macs: 1 + rng.integer(50) });
  }
  return jobs;
}

/** All that a job needs, directly or not. */
function ancestors(job: Job): Set<string> {
  return new Set(job.needs.flatMap((need) => [need.folder, ...ancestors(need)]));
}

/** Does all jobs, some at a time, by a clock that is counted; some fail. What ran, when, and the end. */
function simulate(jobs: readonly Job[], atATime: number, fails: (job: Job) => boolean) {
  const states = new Map<string, State>();
  const path = pathSeconds(jobs, secondsOf);
  const running: { job: Job; end: number }[] = [];
  const started: { job: Job; at: number; others: readonly Job[] }[] = [];
  let now = 0;
  for (;;) {
    for (const job of readyJobs(jobs, states, path).slice(0, atATime - running.length)) {
      started.push({ job, at: now, others: readyJobs(jobs, states, path) });
      states.set(job.folder, 'running');
      running.push({ job, end: now + job.macs });
    }
    if (running.length === 0) return { states, started, seconds: now };
    running.sort((a, b) => b.end - a.end);
    const { job, end } = running.pop()!;
    now = end;
    states.set(job.folder, fails(job) ? 'failed' : 'done');
  }
}

t.test('every job runs once, after all that it needs, and the longest path first', async (t) => {
  for (let round = 0; round < 200; round++) {
    const jobs = randomGraph();
    const atATime = 1 + (round % 4);
    const path = pathSeconds(jobs, secondsOf);
    const { started, states, seconds } = simulate(jobs, atATime, () => false);
    t.strictSame(started.map(({ job }) => job.folder).sort(), jobs.map(({ folder }) => folder).sort());
    t.ok([...states.values()].every((state) => state === 'done'));
    const startOf = new Map(started.map(({ job, at }) => [job.folder, at]));
    for (const { job, at, others } of started) {
      for (const need of job.needs) t.ok(startOf.get(need.folder)! + need.macs <= at, 'after its needs');
      for (const other of others) t.ok(path.get(job.folder)! >= path.get(other.folder)!, 'longest first');
    }
    const sum = jobs.reduce((total, job) => total + job.macs, 0);
    t.equal(secondsLeft(jobs, new Map(), secondsOf, atATime), seconds);
    t.equal(scheduleSeconds(jobs, secondsOf, jobs.length), Math.max(...path.values()), 'the longest path');
    if (atATime === 1) t.equal(seconds, sum);
  }
});

t.test('a failure blocks its dependants, and nothing else', async (t) => {
  for (let round = 0; round < 200; round++) {
    const jobs = randomGraph();
    const bad = new Set(jobs.filter(() => rng.uniform() < 0.2).map(({ folder }) => folder));
    const { started, states } = simulate(jobs, 1 + (round % 3), ({ folder }) => bad.has(folder));
    const ran = new Set(started.map(({ job }) => job.folder));
    const isBlocked = (job: Job) => [...ancestors(job)].some((folder) => bad.has(folder));
    const expected = jobs.filter(isBlocked);
    t.strictSame(blockedJobs(jobs, states), expected);
    for (const job of jobs) t.equal(ran.has(job.folder), !isBlocked(job));
    t.equal(secondsLeft(jobs, states, secondsOf, 1), 0);
  }
});

t.test('a path is the seconds of a job and of the longest chain that depends on it', async (t) => {
  const job = (folder: string, macs: number, ...needs: Job[]): Job => ({ folder, command: [], needs, macs });
  const unet = job('unet', 10);
  const tuned = job('tuned', 5, unet);
  const jobs = [unet, job('eval', 2, unet), tuned, job('tuned/eval', 1, tuned), job('other', 12)];
  t.strictSame(
    [...pathSeconds(jobs, secondsOf).values()].sort((a, b) => a - b),
    [1, 2, 6, 12, 16],
  );
  t.equal(secondsLeft(jobs, new Map(), secondsOf, 1), 30);
  t.equal(secondsLeft(jobs, new Map(), secondsOf, 9), 16);
  t.equal(secondsLeft(jobs, new Map([['unet', 'done' as const]]), secondsOf, 1), 20);
  const path = pathSeconds(jobs, secondsOf);
  const ready = (states: [string, State][]) =>
    readyJobs(jobs, new Map(states), path).map(({ folder }) => folder);
  t.strictSame(ready([]), ['unet', 'other']);
  t.strictSame(ready([['unet', 'elsewhere']]), ['other']);
  t.strictSame(ready([['unet', 'done']]), ['other', 'tuned', 'eval']);
});

t.test('a plan rounds the same durations alike, in whichever order they are added', async (t) => {
  const job = (folder: string, macs: number, ...needs: Job[]): Job => ({ folder, command: [], needs, macs });
  const unet = job('unet', 5.6);
  const tuned = job('tuned', 2.8, unet);
  const chain = [unet, tuned, job('eval', 2.1, tuned)];
  t.not(5.6 + 2.8 + 2.1, 5.6 + (2.8 + 2.1), 'floating point: 10.499 and 10.5');
  const { json } = plan([], chain, { jobs: 1, threads: 1, secondsOf });
  const { shared, path } = json as { shared: { seconds: number }[]; path: number };
  t.equal(path, 11);
  t.strictSame(
    shared.map(({ seconds }) => seconds),
    [11, 11, 11, 11],
  );
});
