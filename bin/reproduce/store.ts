/** What is done: a file `done.json` in the folder of each job, with its command, its time and what it printed. */

import { cpSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { DataError, UsageError } from '../../lib/tensor/error.js';
import { makeFolder, readBytes, writeFileAtomic } from '../../lib/tensor/files.js';
import type { Job } from './job.js';

const DONE = 'done.json';

const schema = z.object({
  command: z.string(),
  version: z.string(),
  seconds: z.number(),
  threads: z.number(),
  result: z.record(z.string(), z.unknown()),
});

export type Done = z.infer<typeof schema>;

/** The command line of a job. */
export const commandLine = ({ command }: Job): string => ['spiking-unet', ...command].join(' ');

/** What a job left behind; undefined where it is not done; DataError where the file is damaged. */
export function readDone(runs: string, { folder }: Job): Done | undefined {
  const path = join(runs, folder, DONE);
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(readBytes(path))));
  } catch (error) {
    throw new DataError(`${path}: ${(error as Error).message.split('\n')[0]}: delete it to do the job again`);
  }
}

export function writeDone(runs: string, { folder }: Job, done: Done): void {
  makeFolder(join(runs, folder));
  writeFileAtomic(join(runs, folder, DONE), `${JSON.stringify(done, null, 2)}\n`);
}

/** Folders of jobs below --runs, in the order of their names. */
export interface Merged {
  readonly taken: readonly string[];
  /** Done in both places: left as they were. */
  readonly present: readonly string[];
}

/** Copies the folders of jobs that are done in `from` and not in `to`; UsageError where there is no `from`. */
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

/** Jobs lie in the folders of those that they need, and are copied on their own. */
function notAnotherJob(root: string): (path: string) => boolean {
  return (path) => path === root || !existsSync(join(path, DONE));
}
