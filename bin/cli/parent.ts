/**
 * A child must not outlive the program that started it, even where that was killed and could tell nobody. A
 * thread of the child watches who its parent is, for the main thread may compute for minutes without looking
 * up, and sends the process a signal when the parent is gone: a training then saves, everything else ends at
 * once.
 */

import { Worker } from 'node:worker_threads';

/** Holds the process number of the parent of a process that is not to outlive it. */
const PARENT_VARIABLE = 'SPIKING_UNET_PARENT';
const MILLISECONDS = 500;

/**
 * What the thread does: an orphan gets another parent, or on Windows keeps the number of
 * one that is not there. One signal is enough: a second one would not let a training save.
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

/** The environment of a child that is to end with this program. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [PARENT_VARIABLE]: String(process.pid) };
}

/** Ends this program with its parent, where that has asked for it. */
export function endWithParent(): void {
  const parent = process.env[PARENT_VARIABLE];
  if (parent === undefined) return;
  delete process.env[PARENT_VARIABLE]; // it is not the parent of our own children
  new Worker(watcher, { eval: true, workerData: Number(parent) }).unref();
}
