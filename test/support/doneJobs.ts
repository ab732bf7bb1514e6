/** What `reproduce` has done in a folder of runs, to compare with what another way of doing it has made. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The hashes of the model and of the result of every job, in the order of their folders. */
export function hashesIn(runs: string) {
  return readdirSync(runs, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('done.json'))
    .sort()
    .map((file) => {
      const { model, output } = JSON.parse(readFileSync(join(runs, file), 'utf8'));
      if (!output) throw new Error(`${file}: no hash`);
      return { file, model, output };
    });
}
