/**
 * Does one job under a claim: its command, a second time if it crashed, then `done.json` or `failed.json`.
 * Neither is written once the claim is lost: then the job is another process's.
 */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../lib/core/error.js';
import { packageVersion } from '../../lib/node/package.js';
import { holdsRun } from '../../lib/node/run/runFolder.js';
import { runOwner } from '../../lib/node/run/runLock.js';
import type { Claim } from '../share/claim.js';
import { type Ended, type Execution, execute, type Running } from './execute.js';
import { type Failure, forgetFailure, writeFailure } from './failure.js';
import type { Job } from './job.js';
import { commandLine, type Done, requireIntact, writeDone } from './store.js';

const WRONG_USAGE = 2;
/** Exit codes that would be the same the next time: wrong usage, data missing or malformed. */
export const CERTAIN = [WRONG_USAGE, 3];
/** How often a command is run that crashes. */
const TRIES = 2;

type Result = Done['result'];

/** `stopped`: by a signal to us; `left`: it is another process's now. */
export type Outcome =
  | { readonly kind: 'done'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'stopped' | 'left' };

export interface Attempt {
  readonly outcome: Promise<Outcome>;
  /** Asks the command to save and to end. */
  stop(): void;
}

/** Starts a job whose needs are met; `signal` is aborted when this program is asked to stop. */
export function attempt(
  job: Job,
  claim: Claim,
  execution: Execution,
  signal: AbortSignal,
  log: (line: string) => void,
): Attempt {
  let running: Running | undefined;
  let stopped = false;
  const folder = join(execution.runs, job.folder);
  const isStopped = () => stopped || signal.aborted;
  const run = async (): Promise<Outcome> => {
    const broken = brokenNeed(execution.runs, job);
    forgetFailure(execution.runs, job);
    if (broken !== undefined) return failed({ code: 3, lastLine: broken });
    for (let crashes = 0; ; ) {
      const begun = holdsRun(folder);
      running = execute(job, begun, execution);
      const ended = await running.ended;
      const result = ended.code === 0 ? parseResult(ended.stdout) : undefined;
      if (result !== undefined) return finish(job, claim, execution, { ...ended, result });
      if (isStopped()) return { kind: claim.holds() ? 'stopped' : 'left' };
      if (!claim.holds() || runOwner(folder) !== undefined) return { kind: 'left' };
      if (!begun && ended.code === WRONG_USAGE && holdsRun(folder)) {
        log(`${job.folder}: a process whose owner was killed began it just before us; goes on with that`);
        continue;
      }
      // What has begun was no wrong usage then: its folder may have had another owner for a moment.
      const wasHeld = begun && ended.code === WRONG_USAGE;
      const isCertain = ended.code !== null && CERTAIN.includes(ended.code) && !wasHeld;
      if (isCertain || ++crashes === TRIES) return failed(ended);
      log(`${job.folder}: crashed (${codeText(ended.code)}): ${ended.lastLine}; once more`);
    }
  };
  const failed = ({ code, lastLine: why }: Pick<Ended, 'code' | 'lastLine'>): Outcome => ({
    kind: 'failed',
    failure: writeFailure(execution.runs, job, { code, why, claim: claim.id }),
  });
  return {
    outcome: run().finally(() => claim.release()),
    stop() {
      stopped = true;
      running?.stop();
    },
  };
}

export function codeText(code: number | null): string {
  return code === null ? 'killed' : `exit code ${code}`;
}

/** Why a model that a job needs cannot be used; undefined if all are those that were written. */
function brokenNeed(runs: string, { needs }: Job): string | undefined {
  try {
    for (const need of needs) requireIntact(runs, need);
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

/** What a command printed; undefined if it is no JSON, as of one that crashed after its work. */
function parseResult(stdout: string): Result | undefined {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

function finish(
  job: Job,
  claim: Claim,
  { runs, threads }: Execution,
  { result, seconds }: { readonly result: Result; readonly seconds: number },
): Outcome {
  if (!claim.holds()) return { kind: 'left' };
  const [command, version, host] = [commandLine(job), packageVersion(), hostname()];
  writeDone(runs, job, { command, version, host, seconds, threads, result });
  return { kind: 'done', seconds };
}
