/** Jobs that failed: a file `failed.json` in the folder of each says why, until the job is tried again. */

import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { parseJson } from '../../lib/format/json.js';
import { removeFile, textOf, writeFileAtomic } from '../../lib/node/files.js';
import { packageVersion } from '../../lib/node/package.js';
import type { Job } from './job.js';
import { commandLine } from './store.js';

export const FAILED = 'failed.json';

const schema = z.object({
  command: z.string(),
  version: z.string(),
  host: z.string(),
  /** The exit code; null if a signal that we did not send ended it. */
  code: z.nullable(z.number()),
  /** The last line that it printed on stderr. */
  why: z.string(),
  /** The claim under which it was tried: tells this failure from others. */
  claim: z.string(),
});
export type Failure = z.infer<typeof schema>;

/** Why a job failed; undefined if it did not, or is being tried again. DataError if the file is damaged. */
export function readFailure(runs: string, { folder }: Job): Failure | undefined {
  const path = join(runs, folder, FAILED);
  const text = textOf(path);
  return text === undefined ? undefined : parseJson(schema, text, path, 'delete it to try the job again');
}

export function writeFailure(
  runs: string,
  job: Job,
  given: Pick<Failure, 'code' | 'why' | 'claim'>,
): Failure {
  const failure = { command: commandLine(job), version: packageVersion(), host: hostname(), ...given };
  writeFileAtomic(join(runs, job.folder, FAILED), `${JSON.stringify(failure, null, 2)}\n`);
  return failure;
}

export function forgetFailure(runs: string, { folder }: Job): void {
  removeFile(join(runs, folder, FAILED));
}
