/**
 * Errors that a user can act on. Each says where, what was found, what was expected and what to do; the
 * command line prints the message alone and ends with the exit code of its class. Everything else is a bug
 * (exit 1).
 */

/** An error that a user can act on. */
export class ActionableError extends Error {
  /** The name of a value in the message; the command line shows its option instead. */
  readonly about: string | undefined;

  constructor(message: string, about?: string) {
    super(message);
    this.about = about;
  }
}

/** Wrong usage: an option or a value that makes no sense (exit code 2). */
export class UsageError extends ActionableError {
  override name = 'UsageError';
}

/** Data that is missing or malformed: a file, an image, a model (exit code 3). */
export class DataError extends ActionableError {
  override name = 'DataError';
}

/** A name from a file as an error shows it: quoted if it is not plain, and never longer than a line. */
export function shown(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 100)}..` : name;
  return /^[\w./-]+$/.test(short) ? short : JSON.stringify(short);
}
