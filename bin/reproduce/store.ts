/** Finished jobs: a file `done.json` in the folder of each, with its command, its time and its output. */

import { cpSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod/mini';
import { DataError, UsageError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { parseJson } from '../../lib/format/json.js';
import { makeFolder, readBytes, writeFileAtomic } from '../../lib/node/files.js';
import { type Job, modelOf } from './job.js';

const DONE = 'done.json';

const schema = z.object({
  command: z.string(),
  version: z.string(),
  seconds: z.number(),
  threads: z.number(),
  result: z.record(z.string(), z.unknown()),
  /** SHA-256 of the model that the job wrote, if it did. */
  model: z.optional(z.string()),
  /** SHA-256 of the other members; earlier versions wrote none. */
  sha256: z.optional(z.string()),
});

export type Done = z.infer<typeof schema>;

/** The command line of a job. */
export const commandLine = ({ command }: Job): string => ['spiking-unet', ...command].join(' ');

/** The record of a job; undefined if it is not done; DataError if the file is damaged. */
export function readDone(runs: string, { folder }: Job): Done | undefined {
  const path = join(runs, folder, DONE);
  if (!existsSync(path)) return undefined;
  const text = new TextDecoder().decode(readBytes(path));
  const again = 'delete it to do the job again';
  const done = parseJson(schema, text, path, again);
  if (done.sha256 !== undefined && done.sha256 !== digest(done)) {
    throw new DataError(`${path}: damaged: is not what was written (SHA-256): ${again}`);
  }
  return done;
}

/** Stores the output of a job, and the hash of the model that it wrote. */
export function writeDone(runs: string, job: Job, given: Omit<Done, 'model' | 'sha256'>): void {
  const path = join(runs, modelOf(job));
  const done: Done = { ...given, ...(existsSync(path) && { model: sha256(readBytes(path)) }) };
  makeFolder(join(runs, job.folder));
  const stored = { ...done, sha256: digest(done) };
  writeFileAtomic(join(runs, job.folder, DONE), `${JSON.stringify(stored, null, 2)}\n`);
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

function digest(done: Done): string {
  const { sha256: _own, ...rest } = schema.parse(done); // members in the order of the schema
  return sha256(JSON.stringify(rest));
}

/** Folders of jobs below --runs, in the order of their names. */
export interface Merged {
  readonly taken: readonly string[];
  /** Jobs done in both places: left as they were. */
  readonly present: readonly string[];
}

/**
 * Copies the folders of jobs that are done in `from` and not in `to`; UsageError where there is no `from`.
 */
export function mergeRuns(from: string, to: string): Merged {
  if (!existsSync(from)) throw new UsageError(`--merge ${from}: there is no such folder`);
  const finished = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(DONE))
    .map((file) => dirname(relative('.', file)))
    .sort();
  const present = finished.filter((folder) => existsSync(join(to, folder, DONE)));
  const taken = finished.filter((folder) => !present.includes(folder));
  for (const folder of taken) {
    cpSync(join(from, folder), join(to, folder), {
      recursive: true,
      filter: notAnotherJob(join(from, folder)),
    });
  }
  return { taken, present };
}

/** Folders of jobs lie in the folders of jobs that they need; each is copied separately. */
function notAnotherJob(root: string): (path: string) => boolean {
  return (path) => path === root || !existsSync(join(path, DONE));
}
