/**
 * Signals that ask a program to stop: Ctrl-C, `kill` and a terminal that is closed. Stages that have
 * something to save do so and end; all others are left to the system, which ends them at once even while they
 * compute.
 */

/** By name, the exit code of what they stop: 128 and the number of the signal. */
export const STOP_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof STOP_SIGNALS;

export const stopSignals = Object.keys(STOP_SIGNALS) as StopSignal[];

/** Thrown by a stage that stopped because it was asked to, after saving its work. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly by: StopSignal;

  constructor(message: string, by: StopSignal) {
    super(message);
    this.by = by;
  }
}

/** From now on the first signal aborts, with its name as the reason, and the second one ends the program. */
export function abortOnSignals(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of stopSignals) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(STOP_SIGNALS[name]);
      controller.abort(name);
      onFirst();
    });
  }
  return controller.signal;
}

/**
 * Until the function that it returns is called, hands every such signal on before this program answers it.
 */
export function forwardSignals(send: (name: NodeJS.Signals) => void): () => void {
  for (const name of stopSignals) process.prependListener(name, send);
  return () => {
    for (const name of stopSignals) process.removeListener(name, send);
  };
}
