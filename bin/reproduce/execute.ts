/**
 * Doing a job: its command as a process of its own, which
 * shows its own progress and can be stopped and resumed.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../lib/node/files.js';
import { packageFile, packageVersion } from '../../lib/node/package.js';
import { childEnvironment } from '../cli/parent.js';
import { forwardSignals, Interrupted, STOP_SIGNALS, type StopSignal, stopSignals } from '../cli/signals.js';
import type { Job } from './job.js';
import { commandLine, requireIntact, writeDone } from './store.js';

export interface Execution {
  /** The folder that holds the folders of all jobs. */
  readonly runs: string;
  readonly threads: number;
  readonly engine: string;
  readonly quiet: boolean;
}

/** Does one job whose needs are met; Interrupted where it was stopped, an error where it failed. */
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

/**
 * Runs this program with other arguments; its messages go where ours go. It has a group of
 * its own, so that Ctrl-C reaches it through us alone and once: twice would not let it save.
 */
function run(args: readonly string[], directory: string): Promise<{ code: number | null; stdout: string }> {
  const program = packageFile('dist', 'bin', 'spiking-unet.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: childEnvironment(),
      detached: true,
    });
    const stopForwarding = forwardSignals((name) => child.kill(name));
    const stopSuspending = suspendTogether(child);
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stopForwarding();
      stopSuspending();
      const stopped = code ?? STOP_SIGNALS[signal as StopSignal] ?? null;
      resolve({ code: stopped, stdout: Buffer.concat(parts).toString() });
    });
  });
}

/** Ctrl-Z, too, reaches only us: it is to suspend the child, and `fg` to wake it. */
function suspendTogether(child: ChildProcess): () => void {
  if (process.platform === 'win32') return () => {};
  const suspend = () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  };
  const wake = () => child.kill('SIGCONT');
  process.on('SIGTSTP', suspend).on('SIGCONT', wake);
  return () => process.removeListener('SIGTSTP', suspend).removeListener('SIGCONT', wake);
}
