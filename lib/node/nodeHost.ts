/**
 * Node's threads and memory for the fast engine, and its SHA-256: `useHost(nodeHost)` before the first engine
 * is made.
 */

import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Host } from '../engine/choose.js';
import { freeAddressSpace } from './systemMemory.js';

/** Address space that a worker takes, in bytes; Node ends the program if there is less. */
const WORKER_SPACE = 2 ** 30;

export const nodeHost: Host = {
  startThread(script, data) {
    if (freeAddressSpace() < 2 * WORKER_SPACE) return; // the same amount is left for the program
    const source = `const { workerData: data } = require('node:worker_threads');\n${script}`;
    try {
      // Neither the loaders nor the options of the main thread concern a worker.
      const worker = new Worker(source, { eval: true, execArgv: [], env: {}, workerData: data });
      worker.on('error', () => {});
      worker.unref();
    } catch {
      // no file handle or no address space is left for it
    }
  },
  freeAddressSpace: () => freeAddressSpace(),
  sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  },
};
