/**
 * Runs the command of a job in a process of its own, which can be stopped and resumed. A single one shows its
 * progress; several at a time would write over each other, so that of those only the last line is kept.
 */

import { lastMessage, PROGRAM, startChild } from '../cli/child.js';
import { say } from '../cli/pipe.js';
import type { Job } from './job.js';

export interface Execution {
  /** The folder that holds the folders of all jobs. */
  readonly runs: string;
  /** Of this job. */
  readonly threads: number;
  readonly engine: string;
  readonly quiet: boolean;
  /** Whether others run at the same time. */
  readonly among: boolean;
}

/** How a command ended. */
export interface Ended {
  /** The exit code; null if a signal ended it that does not ask to stop. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last line on stderr, or where it went. */
  readonly lastLine: string;
  readonly seconds: number;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Asks it to save what is done and to end. */
  stop(): void;
}

/** Starts the command of a job, or goes on with what is `begun`. */
export function execute(job: Job, begun: boolean, execution: Execution): Running {
  const { runs, threads, engine, quiet, among } = execution;
  const args = [
    ...[...job.command, ...(begun ? ['--resume'] : [])],
    ...(job.command.includes('--threads') ? [] : ['--threads', String(threads)]),
    ...['--engine', engine, '--json', ...(quiet || among ? ['--quiet'] : [])],
  ];
  return start(args, runs, { forward: !among, terminal: !among && !quiet && process.stderr.isTTY });
}

/** `terminal`: it draws its progress itself, so its messages cannot be read here. */
function start(
  args: readonly string[],
  directory: string,
  { forward, terminal }: { readonly forward: boolean; readonly terminal: boolean },
): Running {
  const begin = performance.now();
  const child = startChild([PROGRAM, ...args], ['ignore', 'pipe', terminal ? 'inherit' : 'pipe'], directory);
  const parts: Buffer[] = [];
  child.process.stdout!.on('data', (part: Buffer) => parts.push(part));
  const message = lastMessage(child.process, forward ? say : undefined);
  const ended = child.ended.then((code) => ({
    code,
    stdout: Buffer.concat(parts).toString(),
    lastLine: terminal ? 'its message went to the terminal' : message(),
    seconds: Math.round((performance.now() - begin) / 100) / 10,
  }));
  return { ended, stop: () => child.process.kill('SIGTERM') };
}
