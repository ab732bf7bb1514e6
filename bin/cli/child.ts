/** Children of this program: they stop, pause and continue with it, and do not outlive it. */

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { packageFile } from '../../lib/node/package.js';
import { childEnvironment } from './parent.js';
import { forwardSignals, STOP_SIGNALS, type StopSignal } from './signals.js';

/** This program, as Node starts it. */
export const PROGRAM = packageFile('dist', 'bin', 'spiking-unet.js');

/**
 * A process and its exit code: after a signal that stops this program, the code of that signal; after any
 * other signal null.
 */
export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
}

/**
 * Starts Node with these arguments. The child has a group of its own, so that Ctrl-C reaches it only through
 * us, and once: a second one would keep it from saving.
 */
export function startChild(args: readonly string[], stdio: StdioOptions, cwd = '.'): Child {
  const child = spawn(process.execPath, args, { cwd, stdio, env: childEnvironment(), detached: true });
  const stopForwarding = forwardSignals((name) => child.kill(name));
  const stopSuspending = suspendTogether(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stopForwarding();
      stopSuspending();
      resolve(code ?? STOP_SIGNALS[signal as StopSignal] ?? null);
    });
  });
  return { process: child, ended };
}

/** Ctrl-Z also reaches only us: we suspend the child, and `fg` wakes it. */
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

/** Characters of stderr that are kept. */
const LONGEST_TAIL = 4000;

/** Follows what a child says on stderr, and gives it to `onText`; what is returned names its last error. */
export function lastMessage({ stderr }: ChildProcess, onText?: (text: string) => void): () => string {
  let tail = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    onText?.(text);
    tail = (tail + text).slice(-LONGEST_TAIL);
  });
  return () => messageIn(tail);
}

/** The last error, without the name of the stage and without what Node prints below it. */
function messageIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const isError = (line: string) => /^(spiking-unet [a-z]+|\w*Error( \[\w+\])?): /.test(line);
  const last = lines.findLast(isError) ?? lines.findLast((line) => line !== '');
  return last?.replace(/^spiking-unet [a-z]+: /, '') ?? 'without a message';
}
