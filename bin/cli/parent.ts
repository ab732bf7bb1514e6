/**
 * A child must not outlive the program that started it, even if that was killed and could not tell the child.
 * A thread of the child watches the parent's process number, since the main thread may compute for minutes,
 * and sends the process a signal when the parent is gone: a training then saves, all else ends at once.
 */

import { Worker } from 'node:worker_threads';

/** The environment variable with the process number of the parent that a child must not outlive. */
const PARENT_VARIABLE = 'SPIKING_UNET_PARENT';
const MILLISECONDS = 500;

/**
 * What the thread does: an orphan gets another parent, or on Windows keeps the number of a process that no
 * longer exists. One signal is enough: a second one would keep a training from saving.
 */
const watcher = `
const { workerData: parent } = require('node:worker_threads');
const lives = () => {
  try {
    return process.ppid === parent && process.kill(parent, 0);
  } catch {
    return false;
  }
};
const timer = setInterval(() => {
  if (lives()) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, ${MILLISECONDS});
`;

/** The environment of a child that must end with this program. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [PARENT_VARIABLE]: String(process.pid) };
}

/** Ends this program with its parent, if the parent has asked for it. */
export function endWithParent(): void {
  const parent = process.env[PARENT_VARIABLE];
  if (parent === undefined) return;
  delete process.env[PARENT_VARIABLE]; // that process is not the parent of our own children
  new Worker(watcher, { eval: true, workerData: Number(parent) }).unref();
}
