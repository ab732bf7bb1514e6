/**
 * What is fuzzed, and how an input is judged. A target reads bytes; whatever they are it must give the same
 * answer each time, whatever was read before, or refuse them by a DataError, in little time and memory.
 */

import { DataError } from '../../lib/core/error.js';
import { type Rng, stream } from '../../lib/core/rng.js';

export interface Target {
  readonly name: string;
  /** Valid inputs. */
  readonly seeds: readonly Uint8Array[];
  /** A damaged input made of one of the seeds, or of two. */
  readonly mutate: (random: Rng, seeds: readonly Uint8Array[]) => Uint8Array;
  /** Reads an input and describes what came out; a DataError refuses it. */
  readonly run: (input: Uint8Array) => string;
}

export const VERDICTS = ['fine', 'refused', 'wrong', 'slow', 'large'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Judged {
  readonly index: number;
  readonly verdict: Verdict;
  /** What came out, or why it was refused. */
  readonly answer: string;
}

/**
 * What an input of some kilobytes may take: seconds of
 * processor time, and bytes above those that are held before.
 */
export interface Bounds {
  readonly seconds: number;
  readonly bytes: number;
}
const BOUNDS: Bounds = { seconds: 2.5, bytes: 512 * 2 ** 20 };

/** Inputs that are read one after the other, and then once more from the last to the first. */
const BATCH = 32;

/** The input of a number, which depends on the seed and the number alone. */
export function inputOf(target: Target, seed: number, index: number): Uint8Array {
  return target.mutate(stream(seed, 'fuzz', target.name, index), target.seeds);
}

/** Judges inputs `start` .. `end` - 1 in batches; `begin` is told the number of each before it is read. */
export function* judge(
  target: Target,
  seed: number,
  [start, end]: readonly [number, number],
  begin: (index: number) => void = () => {},
  bounds = BOUNDS,
): Generator<Judged[]> {
  for (let first = start; first < end; first += BATCH) {
    const count = Math.min(BATCH, end - first);
    const inputs = Array.from({ length: count }, (_, i) => inputOf(target, seed, first + i));
    const judged = inputs.map((input, i) => {
      begin(first + i);
      return { index: first + i, ...measured(target, input, bounds) };
    });
    for (let i = count - 1; i >= 0; i--) {
      soilMemory(i);
      const again = answerOf(target, inputs[i]).answer;
      if (again !== judged[i].answer)
        judged[i] = { ...judged[i], verdict: 'wrong', answer: `not again: ${again}` };
    }
    yield judged;
  }
}

function measured(target: Target, input: Uint8Array, { seconds, bytes }: Bounds): Omit<Judged, 'index'> {
  const held = process.memoryUsage.rss();
  const highest = peak();
  const before = process.cpuUsage();
  const result = answerOf(target, input);
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1e6 > seconds) return { ...result, verdict: 'slow' };
  if (peak() > highest && peak() - held > bytes) return { ...result, verdict: 'large' };
  return result;
}

/** The most memory that the process has held, in bytes. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function answerOf({ run }: Target, input: Uint8Array): Omit<Judged, 'index'> {
  try {
    return { verdict: 'fine', answer: run(input) };
  } catch (error) {
    const answer = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const proper = error instanceof DataError && !/[\n]|Cannot read|is not a function/.test(answer);
    return { verdict: proper ? 'refused' : 'wrong', answer };
  }
}

/** Fills free memory with other bytes, to expose code that reads what it has not written. */
function soilMemory(byte: number): void {
  for (const size of [2 ** 10, 2 ** 13, 2 ** 16, 2 ** 20]) Buffer.allocUnsafe(size).fill(1 + byte);
}
