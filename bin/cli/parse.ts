/** Option values from text; commander prints what is thrown here beside the option's name. */

import { type Command, InvalidArgumentError } from 'commander';
import { VOID } from '../../lib/op/losses.js';
import type { PatchSize } from '../../lib/train/patches.js';

/** Digits, optionally with a decimal point and an exponent; no other base, separators, words or spaces. */
const PLAIN_DECIMAL = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What a text says as a plain decimal; NaN for anything else. */
function plainDecimal(text: string): number {
  return PLAIN_DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = plainDecimal(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('expected a whole number of at least 1');
  }
  return value;
}

/** A part such as 5%: above 0, at most 100. */
export function percent(text: string): number {
  const value = positive(text.slice(0, -1));
  if (value > 100) throw new InvalidArgumentError('expected at most 100%');
  return value;
}

/** A whole number from 1 to `most`: what is larger is a typing error, or could not be computed. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = count(text);
    if (value > most) throw new InvalidArgumentError(`expected a whole number of at most ${most}`);
    return value;
  };
}

/** Threads to compute on; the limit is above the cores of any machine that this runs on. */
export const threadCount = countUpTo(256);
/** Time steps; each is counted separately. */
export const stepCount = countUpTo(100_000);
/** F, the channels of a network's first stage; at four times the paper's 64 the weights alone take 2 GiB. */
export const featureCount = countUpTo(256);
/** Channels of an image, or of an output. */
export const channelCount = countUpTo(65_536);
/** A number of classes: labels hold an id in a byte, and one id is for pixels that do not count. */
export function classCount(text: string): number {
  const value = count(text);
  if (value < 2 || value > VOID) throw new InvalidArgumentError(`expected 2 to ${VOID}`);
  return value;
}

/** A whole number of at least 0. */
export function naturalNumber(text: string): number {
  return text === '0' ? 0 : count(text);
}

/** The longest side of an image or a patch, in pixels. */
const LONGEST_SIDE = 65_536;

/** The side of an image; whether a network divides it is checked once the network is read (sides.ts). */
export const imageSide = countUpTo(LONGEST_SIDE);

/** The side of a square, or HEIGHTxWIDTH; 48x48 becomes 48, so that both name the same run. */
export function patchSize(text: string): PatchSize {
  const match = /^(\d+)(?:x(\d+))?$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected a side in pixels, or HEIGHTxWIDTH, as in 192x256');
  const [height, width] = [imageSide(match[1]), imageSide(match[2] ?? match[1])];
  return height === width ? height : { height, width };
}

/** The size of an image, HEIGHTxWIDTH. */
export function imageSize(text: string): readonly [height: number, width: number] {
  const size = /^\d+x\d+$/.test(text) ? patchSize(text) : undefined;
  if (size === undefined) throw new InvalidArgumentError('expected HEIGHTxWIDTH, such as 256x256');
  return typeof size === 'number' ? [size, size] : [size.height, size.width];
}

/** Channels of a picture. */
export function pictureChannels(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('expected 1 (grey) or 3 (colour)');
}

/** A number that is finite as float32, the precision of all computation. */
export function number(text: string): number {
  const value = plainDecimal(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('expected a number');
  if (!Number.isFinite(Math.fround(value))) throw new InvalidArgumentError('expected a number below 3.4e38');
  return value;
}

/** Noise above this leaves nothing of a picture of 255 grey levels. */
const MOST_SIGMA = 10_000;

/** The standard deviation of noise, in grey levels. */
export function greyLevels(text: string): number {
  const value = positive(text);
  if (value > MOST_SIGMA) throw new InvalidArgumentError(`expected at most ${MOST_SIGMA} grey levels`);
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
  return text.split(',').map((item) => number(item.trim()));
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
