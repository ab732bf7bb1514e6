/**
 * One batch in a child: what a process does when it crashes. A picture at which it crashed is tried once
 * more by a new process, then reported, and the rest goes on.
 */

import { DataError, UsageError } from '../../lib/core/error.js';
import type { Reply } from './batchRecord.js';
import { type Ended, type PictureChild, startPictureChild } from './pictureChild.js';

/** The reply of this process for a picture at which two children crashed; it is never recorded. */
export type Outcome = Reply | { readonly crashed: string };

/** So many pictures in a row at which children crash are no fault of the pictures. */
const MOST_IN_A_ROW = 3;

/** A child that is started when there is work for it, and again after a crash. */
export class Worker {
  readonly #args: readonly string[];
  readonly #signal: AbortSignal;
  readonly #log: (line: string) => void;
  #child: PictureChild | undefined;
  #inARow = 0;
  #stopped = false;

  constructor(args: readonly string[], signal: AbortSignal, log: (line: string) => void) {
    this.#args = args;
    this.#signal = signal;
    this.#log = log;
  }

  /**
   * Does the tasks of a batch, whose pictures have these names; undefined if the work was stopped.
   * What would be the same at each picture is thrown: a UsageError or a DataError of the child as it is, and
   * after crashes in a row an Error.
   */
  async do(
    tasks: readonly unknown[],
    names: readonly string[],
    onOutcome: (outcome: Outcome, index: number) => void,
  ): Promise<readonly Outcome[] | undefined> {
    const outcomes: Outcome[] = [];
    const add = (outcome: Outcome) => {
      this.#inARow = 'crashed' in outcome ? this.#inARow + 1 : 0;
      outcomes.push(outcome);
      onOutcome(outcome, outcomes.length - 1);
    };
    let crashedAt: number | undefined;
    while (outcomes.length < tasks.length) {
      this.#child ??= startPictureChild(this.#args);
      const ended = await this.#child.do(tasks.slice(outcomes.length), add);
      if (ended === undefined) break;
      this.#child = undefined;
      if (this.#stopped || this.#signal.aborted) return undefined;
      requireCrash(ended);
      const at = outcomes.length;
      const why = `its process ${endText(ended)}`;
      if (crashedAt !== at) this.#log(`${names[at]}: ${why}; once more`);
      else if (this.#inARow + 1 === MOST_IN_A_ROW) throw new Error(givenUp(names[at], why));
      else add({ crashed: `${names[at]}: ${why}, twice` });
      crashedAt = at;
    }
    return outcomes;
  }

  /** Ends the child; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#child?.stop();
    await this.#child?.ended;
  }
}

/** Wrong usage and wrong data would be the same the next time. */
function requireCrash({ code, message }: Ended): void {
  if (code === 2) throw new UsageError(message);
  if (code === 3) throw new DataError(message);
}

function endText({ code, message }: Ended): string {
  return `${code === null ? 'was killed' : `ended with exit code ${code}`} (${message})`;
}

function givenUp(name: string, why: string): string {
  return `${name}: ${why}, twice, and so at ${MOST_IN_A_ROW - 1} pictures before: given up`;
}
