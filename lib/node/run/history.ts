/**
 * The history of a run as text, `metrics.jsonl`: a line for each epoch, with the id of its run. A line 0
 * holds the metrics of the start, if they were measured.
 */

import { z } from 'zod';
import { DataError } from '../../core/error.js';
import { parseJson } from '../../format/json.js';
import type { EpochRecord } from '../../train/loop.js';

/** null: there is none, such as an F1 where nothing is to be found. */
const number = z.number().nullish();
const binary = { f1: number, js: number, acc: number };
/** What is shown of either task; further members pass. */
const metrics = z
  .looseObject({
    ...{ ...binary, fov: z.looseObject(binary).optional(), miou: number },
    iou: z.record(z.string(), z.number()).optional(),
    absent: z.array(z.string()).optional(),
    ...{ psnr: number, ssim: number, sigma: number },
  })
  .refine(
    ({ psnr, ssim, sigma }) =>
      new Set([psnr, ssim, sigma].map((value) => typeof value === 'number')).size === 1,
    'expected psnr, ssim and sigma, or none of them',
  );

const line = z.object({
  run: z.string().optional(),
  epoch: z.number().int().min(0),
  updates: z.number().int().min(0),
  learningRate: z.number().optional(),
  loss: z.number().optional(),
  validation: metrics,
  score: z.number(),
  best: z.boolean(),
});

export function encodeHistory(records: readonly EpochRecord[], run: string): string {
  return records.map((record) => `${JSON.stringify({ run, ...record })}\n`).join('');
}

/** The records of a file up to an epoch; DataError where a line is malformed, missing, or of another run. */
export function decodeHistory(text: string, path: string, run: string, epochs: number): EpochRecord[] {
  const records = decodeRecords(text, path, run);
  const first = records[0]?.epoch ?? 0;
  const wrong = records.findIndex(({ epoch }, i) => epoch !== first + i);
  if (wrong >= 0) throw new DataError(`${path}: epoch ${records[wrong].epoch}, expected ${first + wrong}`);
  const last = records.at(-1)?.epoch ?? 0;
  if (first > 1 || last < epochs) {
    throw new DataError(
      `${path}: epochs ${first} to ${last}, but the checkpoint was written after ${epochs}`,
    );
  }
  return records.filter(({ epoch }) => epoch <= epochs);
}

/** The records of a file as they are; DataError where a line is malformed or of another run. */
export function decodeRecords(text: string, path: string, run: string): EpochRecord[] {
  const lines = text.split('\n').filter(Boolean);
  return lines.map((text, i) => {
    const { run: of = run, ...record } = parseJson(line, text, `${path}: line ${i + 1}`);
    if (of !== run) {
      throw new DataError(
        `${path}: line ${i + 1} is of the run ${of}, config.json of ${run}: take them from one run`,
      );
    }
    return record as EpochRecord;
  });
}
