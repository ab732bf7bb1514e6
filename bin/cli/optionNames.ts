/** The options that belong to the values which the library's errors name. */

import { DataError, UsageError } from '../../lib/core/error.js';

/** Values whose options have other names. */
const RENAMED: Readonly<Record<string, string>> = { initialPotential: '--v-init', normalisation: '--norm' };

/** The option of a value: `--spike-values` of spikeValues. */
export function flagOf(name: string): string {
  return RENAMED[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The library names a value ("steps 0: .."), at the beginning or where the error says so; where it is an
 * option of the stage, the message names the option instead.
 */
export function asOption(
  error: UsageError | DataError,
  options: readonly { readonly long?: string | undefined }[],
): UsageError | DataError {
  const { message } = error;
  const first = error instanceof UsageError ? /^([a-z][a-z-]*)[ :]/.exec(message)?.[1] : undefined;
  const name = error.about ?? first;
  const isOption = (name: string) => options.some(({ long }) => long === flagOf(name));
  if (name === undefined || !isOption(name)) return error;
  const others = Object.keys(RENAMED).filter((other) => other !== name && isOption(other));
  const named = [name, ...others].reduce(
    (text, name) => text.replace(new RegExp(`(?<![w/.-])${name}(?= |:|$)`), flagOf(name)),
    message,
  );
  return error instanceof UsageError ? new UsageError(named) : new DataError(named);
}
