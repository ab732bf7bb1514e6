/**
 * A progress bar with the time left, on stderr; nothing where stderr is not a terminal or --quiet is set. It
 * neither hides the cursor nor turns off the wrapping of lines, so that the terminal stays usable however the
 * program ends.
 */

import { SingleBar } from 'cli-progress';
import { printable } from './printable.js';

export interface Progress {
  /** Shows how much is done, with a short note. */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Starts a bar; what is `done` already does not count in the time left. */
export function startProgress(label: string, total: number, quiet: boolean, done = 0): Progress {
  if (quiet || !process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${printable(label)} [{bar}] {value}/{total} {note} ETA {eta_formatted}`,
    stream: process.stderr,
    clearOnComplete: true,
    gracefulExit: false, // its own answer to Ctrl-C would keep the program running
    hideCursor: false,
    barsize: 24,
    linewrap: true, // lines are cut to the width of the terminal
    etaBuffer: 50,
  });
  bar.start(total, done, { note: '' });
  return {
    update: (done, note = '') => bar.update(done, { note: printable(note) }),
    stop: () => bar.stop(),
  };
}
