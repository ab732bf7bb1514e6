/** Whether a job that was done in two places came out the same, by the hashes of its done.json. */

import { type Done, outputOf, readDoneIn } from './store.js';

/** SHA-256 of what a job makes; a model is undefined where there is none. */
const HASHES: Readonly<Record<string, (done: Done) => string | undefined>> = {
  model: ({ model }) => model,
  result: (done) => outputOf(done),
};

/** What to do about a difference. */
export const ONE_RESULT =
  'The same command has one result: find out which is wrong ("spiking-unet verify" on both hosts), and delete ' +
  'its folder';

/**
 * How two folders of the same finished job differ, with both hosts and both hashes; undefined if they do not.
 * DataError if a done.json is damaged.
 */
export function differenceBetween(theirs: string, ours: string): string | undefined {
  const [there, here] = [theirs, ours].map((folder) => readDoneIn(folder)!);
  for (const [what, hashOf] of Object.entries(HASHES)) {
    const [other, own] = [hashOf(there), hashOf(here)];
    if (other === undefined || own === undefined || other === own) continue;
    return (
      `${ours}: was done differently on ${hostOf(here)} (${what} ${own}) than in ${theirs} on ` +
      `${hostOf(there)} (${what} ${other})`
    );
  }
  return undefined;
}

export const hostOf = ({ host }: Done): string => host ?? 'an unknown host';
