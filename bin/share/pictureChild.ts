/**
 * A process of this program that does pictures for another one: it is sent batches of tasks, and answers each
 * task with a reply. Here are both ends.
 */

import { DataError } from '../../lib/core/error.js';
import { lastMessage, PROGRAM, startChild } from '../cli/child.js';
import { type Reply, replySchema } from './batchRecord.js';

/** How a process ended that still had tasks: its exit code, null if it was killed, and its last message. */
export interface Ended {
  readonly code: number | null;
  readonly message: string;
}

export interface PictureChild {
  /**
   * Has tasks done, in their order, with a reply for each; undefined when all are done, or how the process
   * ended before that; what `onReply` throws is thrown.
   */
  do(tasks: readonly unknown[], onReply: (reply: Reply) => void): Promise<Ended | undefined>;
  /** Kills it: it has nothing to save, since answers are written as whole files. */
  stop(): void;
  readonly ended: Promise<Ended>;
}

/** Starts a stage with these arguments; flags of Node that this process was given are the child's, too. */
export function startPictureChild(args: readonly string[]): PictureChild {
  const child = startChild([...process.execArgv, PROGRAM, ...args], ['ignore', 'ignore', 'pipe', 'ipc']);
  const message = lastMessage(child.process);
  const ended = child.ended.then(
    (code) => ({ code, message: message() }),
    (error) => ({ code: null, message: (error as Error).message }),
  );
  return {
    ended,
    async do(tasks, onReply) {
      let left = tasks.length;
      let listener: (message: unknown) => void = () => {};
      const done = new Promise<undefined>((resolve, reject) => {
        listener = (message) => {
          try {
            onReply(replySchema.parse(message));
            if (--left === 0) resolve(undefined);
          } catch (error) {
            reject(error);
          }
        };
      });
      child.process.on('message', listener);
      if (child.process.connected) child.process.send(tasks as unknown[]);
      const result = await Promise.race([done, ended]);
      child.process.removeListener('message', listener);
      return result;
    },
    stop() {
      child.process.kill('SIGKILL');
    },
  };
}

/**
 * The other end: does tasks until the parent lets go. A DataError is the reply for that picture; any other
 * error ends the process.
 */
export function serveTasks(work: (task: unknown) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    process.on('message', (tasks: readonly unknown[]) => {
      try {
        for (const task of tasks) process.send!(replyOf(work, task));
      } catch (error) {
        process.disconnect();
        reject(error);
      }
    });
    process.on('disconnect', resolve);
  });
}

function replyOf(work: (task: unknown) => unknown, task: unknown): Reply {
  try {
    return { ok: work(task) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { failed: error.message };
  }
}
