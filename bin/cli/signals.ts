/**
 * Signals that ask a program to stop: Ctrl-C, `kill` and a terminal that is closed. Stages that have
 * something to save do so and end; the system ends all others at once, even while they compute.
 */

/** Signals by name, with the exit code of a program that they stop: 128 plus the number of the signal. */
export const STOP_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof STOP_SIGNALS;

export const stopSignals = Object.keys(STOP_SIGNALS) as StopSignal[];

/** Thrown by a stage that was asked to stop, after it has saved its work. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly by: StopSignal;

  constructor(message: string, by: StopSignal) {
    super(message);
    this.by = by;
  }
}

/** Seconds in which a signal is still the first one: schedulers also send it to our parent. */
const SAME_SECONDS = 1;

/**
 * Handles signals: the first one aborts, with its name as the reason, and a later one ends the program.
 */
export function abortOnSignals(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const name of stopSignals) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (performance.now() - first > 1000 * SAME_SECONDS) process.exit(STOP_SIGNALS[name]);
        return;
      }
      first = performance.now();
      controller.abort(name);
      onFirst();
    });
  }
  return controller.signal;
}

/** Forwards every such signal before this program handles it, until the returned function is called. */
export function forwardSignals(send: (name: NodeJS.Signals) => void): () => void {
  for (const name of stopSignals) process.prependListener(name, send);
  return () => {
    for (const name of stopSignals) process.removeListener(name, send);
  };
}
