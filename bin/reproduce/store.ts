/** Finished jobs: a file `done.json` in the folder of each, with its command, its time and its output. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { makeFolder, readBytes, writeFileAtomic } from '../../lib/node/files.js';
import { seal, unseal } from '../cli/sealed.js';
import { type Job, modelOf } from './job.js';

export const DONE = 'done.json';

const schema = z.object({
  command: z.string(),
  version: z.string(),
  seconds: z.number(),
  threads: z.number(),
  result: z.record(z.string(), z.unknown()),
  /** SHA-256 of the model that the job wrote, if it did. */
  model: z.optional(z.string()),
  /** Where it was done; earlier versions did not say. */
  host: z.optional(z.string()),
  /** SHA-256 of the result without times; of earlier versions it is computed when needed. */
  output: z.optional(z.string()),
  /** SHA-256 of the other members; earlier versions wrote none. */
  sha256: z.optional(z.string()),
});

export type Done = z.infer<typeof schema>;

/** The command line of a job. */
export const commandLine = ({ command }: Job): string => ['spiking-unet', ...command].join(' ');

/** The record of a job; undefined if it is not done; DataError if the file is damaged. */
export function readDone(runs: string, { folder }: Job): Done | undefined {
  return readDoneIn(join(runs, folder));
}

/** The same, by the folder of a job. */
export function readDoneIn(folder: string): Done | undefined {
  const path = join(folder, DONE);
  if (!existsSync(path)) return undefined;
  const text = new TextDecoder().decode(readBytes(path));
  return unseal(schema, text, path, 'delete it to do the job again');
}

/** Stores the output of a job, and the hash of the model that it wrote. */
export function writeDone(runs: string, job: Job, given: Omit<Done, 'model' | 'output' | 'sha256'>): void {
  const path = join(runs, modelOf(job));
  const model = existsSync(path) ? { model: sha256(readBytes(path)) } : {};
  makeFolder(join(runs, job.folder));
  const stored = seal(schema, { ...given, ...model, output: outputOf(given) });
  writeFileAtomic(join(runs, job.folder, DONE), `${JSON.stringify(stored, null, 2)}\n`);
}

/** SHA-256 of a result without the time that it took: the same on every machine. */
export function outputOf({ result }: Pick<Done, 'result'>): string {
  const { milliseconds: _time, ...rest } = result;
  return sha256(JSON.stringify(rest));
}

/** DataError if the model of a finished job is not the one that the job wrote. */
export function requireIntact(runs: string, job: Job): void {
  const expected = readDone(runs, job)?.model;
  const path = join(runs, modelOf(job));
  if (expected === undefined || sha256(readBytes(path)) === expected) return;
  const done = join(runs, job.folder, DONE);
  throw new DataError(
    `${path}: is not the model that ${done} tells of (SHA-256): delete its folder to make it again`,
  );
}
