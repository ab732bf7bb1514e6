/** Option values from text; commander prints what is thrown here beside the option's name. */

import { type Command, InvalidArgumentError } from 'commander';
import type { PatchSize } from '../../lib/image/patches.js';
import { SIZE_STEP } from '../../lib/unet/architecture.js';

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('expected a whole number of at least 1');
  }
  return value;
}

/** More threads than any machine this runs on has cores are a slip of the finger. */
const MOST_THREADS = 256;

/** Threads to compute on. */
export function threadCount(text: string): number {
  const value = count(text);
  if (value > MOST_THREADS) throw new InvalidArgumentError(`expected at most ${MOST_THREADS}`);
  return value;
}

/** A whole number of at least 0. */
export function naturalNumber(text: string): number {
  return text.trim() === '0' ? 0 : count(text);
}

/** The side of a square, or HEIGHTxWIDTH, each to be halved four times; 48x48 is 48, so that both are one run. */
export function patchSize(text: string): PatchSize {
  const match = /^(\d+)(?:x(\d+))?$/.exec(text);
  const [height, width] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [0, 0];
  if (![height, width].every((side) => side > 0 && side % SIZE_STEP === 0)) {
    throw new InvalidArgumentError(
      `expected a multiple of ${SIZE_STEP}, or HEIGHTxWIDTH of such, as in 192x256`,
    );
  }
  return height === width ? height : { height, width };
}

/** Channels of a picture. */
export function pictureChannels(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('expected 1 (grey) or 3 (colour)');
}

/** A finite number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** A number of at least 0. */
export function nonNegative(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('expected a number of at least 0');
  return value;
}

/** Numbers separated by commas. */
export function numberList(text: string): number[] {
  return text.split(',').map(number);
}

/** One of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`expected ${words.join(' or ')}`);
    return word;
  };
}

/** `half` (of the smallest threshold), or a number of volts. */
export function potential(text: string): number | 'half' {
  return text === 'half' ? 'half' : number(text);
}

/** The option --v-init. */
export function addPotentialOption(command: Command, defaultText?: string): void {
  const help = 'membrane potential before the first step, in volts, or "half" of the smallest threshold';
  const byDefault = defaultText === undefined ? undefined : potential(defaultText);
  command.option('--v-init <volts>', help, potential, byDefault);
}
