/**
 * What waits or runs in Slurm: its own list, and for each submission a file below --runs that says which jobs
 * are in it. The file is written after Slurm has taken the submission; if that is missed, jobs are submitted
 * twice, which claims make harmless.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { parseJson } from '../../../lib/format/json.js';
import { removeFile, textOf, writeFileAtomic } from '../../../lib/node/files.js';
import { slurm } from './commands.js';

/** Below --runs. */
export const SLURM_FOLDER = 'slurm';

const schema = z.object({ id: z.string(), jobs: z.array(z.string()) });
export type Submitted = z.infer<typeof schema>;

const recordPath = (runs: string, id: string): string => join(runs, SLURM_FOLDER, `${id}.json`);

export function record(runs: string, submitted: Submitted): void {
  writeFileAtomic(recordPath(runs, submitted.id), `${JSON.stringify(submitted)}\n`);
}

/** Ids of submissions that wait or run, by the folders of their jobs. `runs` is what they were given. */
export function queued(runs: string): ReadonlyMap<string, string> {
  const all = records(runs);
  if (all.length === 0) return new Map();
  const waits = new Set(slurm('squeue', ['--noheader', '--format=%A %Z']).split('\n'));
  const present = all.filter(({ id }) => waits.has(`${id} ${runs}`));
  return new Map(present.flatMap(({ id, jobs }) => jobs.map((folder) => [folder, id] as const)));
}

/** Removes the files of submissions that have ended. */
export function forgetEnded(runs: string, present: ReadonlyMap<string, string>): void {
  const ids = new Set(present.values());
  for (const { id } of records(runs)) if (!ids.has(id)) removeFile(recordPath(runs, id));
}

function records(runs: string): Submitted[] {
  const folder = join(runs, SLURM_FOLDER);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return files.map((name) => {
    const path = join(folder, name);
    return parseJson(schema, textOf(path) ?? '', path, 'delete it; its jobs can then be submitted again');
  });
}
