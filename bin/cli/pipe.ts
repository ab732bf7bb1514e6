/**
 * Standard output and standard error. Either may be full, or closed by its reader. A message that cannot be
 * written to stderr does not stop a training. A reader that closes stdout (`spiking-unet ... | head`) ends
 * the program quietly; a result that cannot be written for another reason is a failure.
 */

const EXIT_FAILURE = 1;

/** Whether remarks are left out (--quiet). It is global, as stderr is. */
let quiet = false;

/** Makes sure that no write to stdout or stderr ends in a stack trace. */
export function guardPipes(): void {
  if (process.stderr.listeners('error').includes(ignore)) return;
  process.stderr.on('error', ignore);
  process.stdout.on('error', endWithoutReader);
}

export function setQuiet(value: boolean): void {
  quiet = value;
}

/** Prints a result on stdout. */
export function print(text: string): void {
  attempt(() => process.stdout.write(text), endWithoutReader);
}

/** Prints a message on stderr. */
export function say(text: string): void {
  attempt(() => process.stderr.write(text), ignore);
}

/** Prints a line on stderr, unless --quiet is set. */
export function remark(line: string): void {
  const clear = process.stderr.isTTY ? '\r\x1b[K' : ''; // a progress bar may be on this line
  if (!quiet) say(`${clear}${line}\n`);
}

/** Files and devices fail at once, pipes by an event. */
function attempt(write: () => void, fail: (error: NodeJS.ErrnoException) => void): void {
  try {
    write();
  } catch (error) {
    fail(error as NodeJS.ErrnoException);
  }
}

function ignore(): void {}

function endWithoutReader(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit();
  const meaning = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
  say(`spiking-unet: the result cannot be written to stdout: ${meaning}\n`);
  process.exit(EXIT_FAILURE);
}
