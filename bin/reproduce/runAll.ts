/**
 * Does jobs, some at a time, until nothing is left that can be done here or is being done elsewhere. What
 * other processes do with the same folder is seen by looking again: their claims, done.json and failed.json.
 */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataError } from '../../lib/core/error.js';
import { makeFolder } from '../../lib/node/files.js';
import { type ClaimWatch, watchClaims } from '../share/claimWatch.js';
import { type Attempt, attempt, codeText, type Outcome } from './attempt.js';
import { formatMinutes } from './estimate.js';
import type { Execution } from './execute.js';
import { type Failure, readFailure } from './failure.js';
import type { Job } from './job.js';
import { blockedJobs, pathSeconds, readyJobs, type State, secondsLeft } from './jobOrder.js';
import { readDone } from './store.js';

/** Between two looks at what other processes do. */
const LOOK_SECONDS = 2;

export interface Work extends Omit<Execution, 'among' | 'threads'> {
  /** Jobs at a time. */
  readonly atATime: number;
  /** Threads of all jobs together. */
  readonly threads: number;
  /** Whether jobs that have failed before are tried again. */
  readonly again: boolean;
  /** Jobs that are left to other processes, and waited for where ours need them. */
  readonly others?: readonly Job[];
  /** About how long a job takes. */
  secondsOf(job: Job): number;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** What could not be done. */
export interface Undone {
  readonly failed: readonly Failed[];
  /** They need one that failed. */
  readonly blocked: readonly Job[];
}

export interface Failed {
  readonly job: Job;
  readonly failure: Pick<Failure, 'code' | 'why' | 'host'>;
}

/**
 * `jobs` are in an order in which they can be done. After an abort it returns when all commands have saved.
 */
export async function runAll(jobs: readonly Job[], work: Work): Promise<Undone> {
  makeFolder(work.runs);
  process.setMaxListeners(process.getMaxListeners() + work.atATime); // every command listens to signals
  const graph = new Graph(jobs, work);
  try {
    while (!work.signal.aborted) {
      graph.look();
      const waits = graph.startReady();
      if (graph.running.size === 0 && !waits) break;
      await graph.change(waits);
    }
  } finally {
    await graph.end();
  }
  return graph.undone();
}

class Graph {
  readonly running = new Map<string, Attempt & { readonly settled: Promise<void> }>();
  readonly #jobs: readonly Job[];
  /** With those that are left to others. */
  readonly #all: readonly Job[];
  readonly #work: Work;
  readonly #states = new Map<string, State>();
  readonly #failures = new Map<string, Failed['failure']>();
  /** Claims of failures that were there before: those jobs are tried again. */
  readonly #before: ReadonlySet<string>;
  readonly #path: ReadonlyMap<string, number>;
  readonly #claims: ClaimWatch;

  constructor(jobs: readonly Job[], work: Work) {
    this.#jobs = jobs;
    this.#all = [...(work.others ?? []), ...jobs];
    this.#work = work;
    const failures = work.again ? jobs.flatMap((job) => readFailure(work.runs, job) ?? []) : [];
    this.#before = new Set(failures.map(({ claim }) => claim));
    this.#path = pathSeconds(this.#all, (job) => work.secondsOf(job));
    this.#claims = watchClaims((line) => work.log(line));
  }

  /** Notes what other processes have done, or have failed to do. */
  look(): void {
    for (const job of this.#all) {
      if (['done', 'failed', 'running'].includes(this.#states.get(job.folder) ?? '')) continue;
      try {
        const failure = readFailure(this.#work.runs, job);
        if (readDone(this.#work.runs, job)) this.#set(job, 'done');
        else if (failure && !this.#before.has(failure.claim)) this.#fail(job, failure);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        this.#fail(job, { code: 3, why: error.message, host: hostname() });
      }
    }
  }

  /** Starts as many ready jobs as may run; says whether to look again for those that others have. */
  startReady(): boolean {
    const { runs, atATime } = this.#work;
    const known = new Map([...this.#states].filter(([, state]) => state !== 'elsewhere'));
    for (const job of readyJobs(this.#all, known, this.#path)) {
      if (!this.#jobs.includes(job)) continue;
      if (this.running.size >= atATime) return false; // one of ours ends first
      let started: Attempt | undefined;
      const claim = this.#claims.take(join(runs, job.folder), () => started?.stop());
      if (!claim) {
        if (this.#states.get(job.folder) !== 'elsewhere')
          this.#work.log(`${job.folder}: another process is at it`);
        this.#set(job, 'elsewhere');
      } else if (readDone(runs, job)) {
        claim.release(); // its owner ended since we looked
        this.#set(job, 'done');
      } else {
        started = this.#start(job, claim);
      }
    }
    return [...this.#states.values()].includes('elsewhere') || this.#needsOthers();
  }

  /** Whether a job that is left to others is open and can still be done. */
  #needsOthers(): boolean {
    const blocked = new Set(blockedJobs(this.#all, this.#states));
    return (this.#work.others ?? []).some((job) => !this.#states.has(job.folder) && !blocked.has(job));
  }

  #start(job: Job, claim: Parameters<typeof attempt>[1]): Attempt {
    const { atATime, threads, signal, log } = this.#work;
    this.#set(job, 'running');
    log(`${this.#progress('done', 'failed', 'running')} ${job.folder}`);
    const share = Math.max(1, Math.floor(threads / atATime));
    const execution = { ...this.#work, threads: share, among: atATime > 1 };
    const started = attempt(job, claim, execution, signal, log);
    const settled = started.outcome.then((outcome) => this.#settle(job, outcome));
    settled.catch(() => {}); // seen by whoever waits for it
    this.running.set(job.folder, { ...started, settled });
    return started;
  }

  #settle(job: Job, outcome: Outcome): void {
    this.running.delete(job.folder);
    this.#states.delete(job.folder);
    if (outcome.kind === 'failed') this.#fail(job, outcome.failure);
    if (outcome.kind === 'left') this.#work.log(`${job.folder}: is another process's now`);
    if (outcome.kind !== 'done') return;
    this.#set(job, 'done');
    if (this.#work.atATime > 1)
      this.#work.log(
        `${this.#progress()} done: ${job.folder}, ${formatMinutes(Math.round(outcome.seconds))}`,
      );
  }

  #fail(job: Job, failure: Failed['failure']): void {
    this.#set(job, 'failed');
    this.#failures.set(job.folder, failure);
    this.#work.log(`failed: ${job.folder}: ${failureText(failure)}`);
  }

  /** Waits until one of our jobs ends, or until it is time to look again. */
  async change(waits: boolean): Promise<void> {
    const ends = new AbortController();
    const signal = AbortSignal.any([ends.signal, this.#work.signal]);
    const look = pause(waits ? 1000 * LOOK_SECONDS : 2 ** 31 - 1, undefined, { signal }).catch(() => {});
    try {
      await Promise.race([look, ...[...this.running.values()].map(({ settled }) => settled)]);
    } finally {
      ends.abort();
    }
  }

  /** Waits for our jobs, which end by themselves after a signal; after an error they are told to. */
  async end(): Promise<void> {
    const left = [...this.running.values()];
    if (!this.#work.signal.aborted) for (const attempt of left) attempt.stop();
    await Promise.allSettled(left.map(({ settled }) => settled));
  }

  undone(): Undone {
    const failed = this.#all.flatMap((job) => {
      const failure = this.#failures.get(job.folder);
      return failure ? [{ job, failure }] : [];
    });
    return { failed, blocked: blockedJobs(this.#all, this.#states) };
  }

  #set({ folder }: Job, state: State): void {
    this.#states.set(folder, state);
  }

  /** Such as `[3/12, about 5 min left]`: how many jobs are in these states, and the time of the others. */
  #progress(...counted: readonly State[]): string {
    const count = [...this.#states.values()].filter((state) => counted.includes(state)).length;
    const { atATime, secondsOf } = this.#work;
    const left = secondsLeft(this.#jobs, this.#states, secondsOf, atATime);
    return `[${count}/${this.#jobs.length}, about ${formatMinutes(left)} left]`;
  }
}

export function failureText({ code, why }: Pick<Failure, 'code' | 'why'>): string {
  return `${codeText(code)}: ${why}`;
}
