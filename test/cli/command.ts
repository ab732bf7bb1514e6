/**
 * Runs the built command line as a person or a script would: as a process or, for stages, in a thread that is
 * started once, which gives the same results in a fraction of the time. Signals, pipes and terminals need
 * processes.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process is given: no data folder of this machine, and nothing that tap loads into Node. */
export const environment = {
  ...process.env,
  ...{ SPIKING_UNET_DATA: '', NO_COLOR: '1', FORCE_COLOR: '0', NODE_OPTIONS: '' },
};

/** Runs `spiking-unet ARGS` as a process of its own. */
export function spikingUnetProcess(...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/spiking-unet.js', ...args], {
    encoding: 'utf8',
    env: environment,
  });
  return { status, stdout, stderr };
}

/**
 * Milliseconds that a stage may take, twice, since a machine that slept may wake with the first over: below
 * tap's limit, so that the message can name the stage.
 */
const LONGEST = 600_000;
const WAITS = 2;

let thread: { run(args: readonly string[]): Outcome | undefined } | undefined;

/** Starts the thread; nothing waits for it to end. */
function startThread() {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('../support/stageWorker.mjs', import.meta.url), {
    workerData: { port: port2, done },
    transferList: [port2],
    execArgv: [],
    env: environment,
  });
  worker.unref();
  let last = 0;
  return {
    run(args: readonly string[]): Outcome | undefined {
      const number = ++last;
      port1.postMessage({ number, args });
      for (let waits = 0; waits < WAITS; ) {
        if (Atomics.wait(done, 0, 0, LONGEST) === 'timed-out') waits++;
        Atomics.store(done, 0, 0);
        // What woke us may be the answer to an earlier command, or its late notification.
        for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) {
          if (next.message.number === number) return next.message.outcome;
        }
      }
      return undefined;
    },
  };
}

/** Runs `spiking-unet ARGS`: a stage in the thread, all else as a process. */
export function spikingUnet(...args: readonly string[]): Outcome {
  if (!existsSync(`dist/bin/${args[0]}.js`)) return spikingUnetProcess(...args);
  thread ??= startThread();
  const outcome = thread.run(args);
  if (!outcome) throw new Error(`spiking-unet ${args.join(' ')}: no answer`);
  return outcome;
}

/**
 * Runs `spiking-unet ARGS --json`; returns the parsed document. Throws if the program fails or prints
 * anything else.
 */
export function spikingUnetJson(...args: readonly string[]) {
  const { status, stdout, stderr } = spikingUnet(...args, '--json', '--quiet');
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
