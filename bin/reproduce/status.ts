/** What `--status` shows: which jobs are done, running, failed or waiting. It only reads. */

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/core/error.js';
import { textOf } from '../../lib/node/files.js';
import { goneBecause, isHere, ownerName } from '../../lib/node/owner.js';
import type { Result } from '../cli/stage.js';
import { table } from '../cli/table.js';
import { claimPath, parseClaim } from '../share/claim.js';
import { allAudited, auditedLine } from './audited.js';
import { readFailure } from './failure.js';
import type { Job } from './job.js';
import { blockedJobs, type State } from './jobOrder.js';
import { failureText } from './runAll.js';
import { queued } from './slurm/queue.js';
import { readDone } from './store.js';

interface Status {
  readonly folder: string;
  readonly state: 'done' | 'running' | 'failed' | 'waiting';
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  /** ISO 8601, by the clock of the disk. */
  readonly since?: string | undefined;
  /** Why it failed, or what a waiting job waits for. */
  readonly why?: string;
}

/** `jobs` are in an order in which they can be done. */
export function showStatus(jobs: readonly Job[], runs: string): Result {
  const inQueue = whatIsQueued(runs);
  const found = jobs.map((job) => statusOf(job, runs, inQueue.get(job.folder)));
  const blocked = new Set(
    blockedJobs(jobs, new Map(found.map(({ folder, state }) => [folder, asState(state)]))),
  );
  const all = found.map((status, k) =>
    status.state === 'waiting' && blocked.has(jobs[k])
      ? { ...status, why: 'it needs a job that failed' }
      : status,
  );
  const counts = Object.fromEntries(
    (['done', 'running', 'failed', 'waiting'] as const).map((state) => [
      state,
      all.filter((status) => status.state === state).length,
    ]),
  );
  const rows = all.filter(({ state }) => state !== 'done').map((status) => rowOf(status));
  const sum = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  const listed = rows.length > 0 ? `${table(['state', 'job', 'what is known'], rows, [0, 1, 2])}\n\n` : '';
  const audits = allAudited(jobs, runs);
  const lines = [`${listed}${sum.join(', ')}`, auditedLine(audits)].filter((line) => line !== '');
  return { json: { ...counts, jobs: all, audits }, text: lines.join('\n') };
}

/** Submissions of Slurm, if it can be asked here. */
function whatIsQueued(runs: string): ReadonlyMap<string, string> {
  try {
    return existsSync(runs) ? queued(realpathSync(runs)) : new Map();
  } catch (error) {
    if (error instanceof UsageError) return new Map(); // no squeue here
    throw error;
  }
}

/** `submission`: in which submission of Slurm it waits or runs, if it does. */
function statusOf(job: Job, runs: string, submission: string | undefined): Status {
  const { folder } = job;
  const done = readDone(runs, job);
  if (done) return { folder, state: 'done', ...(done.host !== undefined && { host: done.host }) };
  const text = textOf(claimPath(join(runs, folder)));
  if (text !== undefined) {
    const owner = parseClaim(text);
    const gone = owner && isHere(owner) ? goneBecause(owner) : undefined;
    if (gone !== undefined) return { folder, state: 'waiting', why: `left by ${ownerName(owner)}: ${gone}` };
    return { folder, state: 'running', host: owner?.host, pid: owner?.pid, since: owner?.since };
  }
  if (submission !== undefined) return { folder, state: 'waiting', why: `submission ${submission} of Slurm` };
  const failure = readFailure(runs, job);
  if (failure) return { folder, state: 'failed', host: failure.host, why: failureText(failure) };
  return { folder, state: 'waiting' };
}

/** A waiting job has no state. */
function asState(state: Status['state']): State | undefined {
  return state === 'waiting' ? undefined : state;
}

function rowOf({ folder, state, host, pid, since, why }: Status): string[] {
  const where = host === undefined ? [] : [pid === undefined ? `on ${host}` : ownerName({ host, pid })];
  const known = [
    ...where,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(why === undefined ? [] : [why]),
  ];
  return [state, folder, known.join(', ')];
}
