/**
 * What an image counts for as JSON: counts and scores with all their digits, and a score that is infinite, as
 * that of a perfect answer, as a word.
 */

import * as z from 'zod/mini';
import type { JudgedImage } from '../cli/evaluation.js';

/** The steps and the latency of the run are the same for all images. */
export interface Judged extends JudgedImage {
  readonly steps: number;
  readonly latency: number;
}

const score = z.union([
  z.number(),
  z.pipe(
    z.enum(['Infinity', '-Infinity', 'NaN']),
    z.transform((word) => Number(word)),
  ),
]);

const counts = z.object({ tp: z.number(), fp: z.number(), fn: z.number(), tn: z.number() });

const tally = z.object({
  whole: counts,
  fov: z.pipe(
    z.nullable(counts),
    z.transform((found) => found ?? undefined),
  ),
  confusion: z.pipe(
    z.array(z.number()),
    z.transform((cells) => Float64Array.from(cells)),
  ),
});

const about = { name: z.string(), spikes: z.number() };

const schema = z.object({
  result: z.union([
    z.object({ ...about, tally }),
    z.object({ ...about, psnr: score, ssim: score, noisyPsnr: score }),
  ]),
  compared: z.optional(z.object({ values: z.number(), different: z.number() })),
  steps: z.number(),
  latency: z.number(),
});

/** A value of JSON. */
export function encodeJudged({ result, ...rest }: Judged): unknown {
  if (!('tally' in result)) {
    const scores = Object.entries(result).map(([key, value]) => [key, wordOf(value)]);
    return { result: Object.fromEntries(scores), ...rest };
  }
  const { whole, fov, confusion } = result.tally;
  return { result: { ...result, tally: { whole, fov: fov ?? null, confusion: [...confusion] } }, ...rest };
}

/** What `encodeJudged` was given, bit by bit. */
export function decodeJudged(value: unknown): Judged {
  return schema.parse(value);
}

function wordOf(value: string | number): string | number {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
