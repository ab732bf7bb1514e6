/**
 * Runs a job: its command in a process of its own, which shows its progress and can be stopped and resumed.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../lib/node/files.js';
import { packageFile, packageVersion } from '../../lib/node/package.js';
import { startChild } from '../cli/child.js';
import { Interrupted, STOP_SIGNALS, stopSignals } from '../cli/signals.js';
import type { Job } from './job.js';
import { commandLine, requireIntact, writeDone } from './store.js';

export interface Execution {
  /** The folder that holds the folders of all jobs. */
  readonly runs: string;
  readonly threads: number;
  readonly engine: string;
  readonly quiet: boolean;
}

/** Runs one job whose needs are met; Interrupted if it was stopped, an error if it failed. */
export async function execute(job: Job, { runs, threads, engine, quiet }: Execution): Promise<void> {
  for (const need of job.needs) requireIntact(runs, need);
  makeFolder(join(runs, job.folder));
  const begun = existsSync(join(runs, job.folder, 'checkpoints', 'last.safetensors'));
  const own = job.command.includes('--threads') ? [] : ['--threads', String(threads)];
  const shared = [...own, '--engine', engine, '--json', ...(quiet ? ['--quiet'] : [])];
  const start = performance.now();
  const { code, stdout } = await run([...job.command, ...(begun ? ['--resume'] : []), ...shared], runs);
  const by = stopSignals.find((name) => STOP_SIGNALS[name] === code);
  if (by) throw new Interrupted('stopped; the same command goes on where it was', by);
  if (code !== 0) throw new Error(`failed (exit code ${code}): ${commandLine(job)}`);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const result = JSON.parse(stdout);
  writeDone(runs, job, { command: commandLine(job), version: packageVersion(), seconds, threads, result });
}

/** Runs this program with other arguments; its messages go to our stderr. */
async function run(
  args: readonly string[],
  directory: string,
): Promise<{ code: number | null; stdout: string }> {
  const program = packageFile('dist', 'bin', 'spiking-unet.js');
  const child = startChild([program, ...args], ['ignore', 'pipe', 'inherit'], directory);
  const parts: Buffer[] = [];
  child.process.stdout!.on('data', (part: Buffer) => parts.push(part));
  const code = await child.ended;
  return { code, stdout: Buffer.concat(parts).toString() };
}
