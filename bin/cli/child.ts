/** Children of this program: they stop, pause and go on with it, and do not outlive it. */

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { childEnvironment } from './parent.js';
import { forwardSignals, STOP_SIGNALS, type StopSignal } from './signals.js';

/**
 * A process, and its exit code, which of one that a signal stopped is that signal's; null where it is none of
 * ours.
 */
export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
}

/**
 * Starts Node with these arguments. The child has a group of its own, so that Ctrl-C reaches it through us
 * alone and once: twice would not let it save.
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
