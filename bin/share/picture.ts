/** A picture of shared work as it was when the command began: its name, and the state of its files. */

import { statSync } from 'node:fs';
import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';

/** Bytes, and milliseconds of the last change; null where there is no file. */
const stateSchema = z.nullable(z.object({ size: z.number(), time: z.number() }));
type State = z.infer<typeof stateSchema>;

export const pictureSchema = z.object({ name: z.string(), states: z.array(stateSchema) });
/** What all processes have to agree on: where the files are may differ between machines. */
export type PictureState = z.infer<typeof pictureSchema>;

export interface Picture extends PictureState {
  /** Those that its result depends on; a drawn one has none. */
  readonly files: readonly string[];
}

export function pictureOf(name: string, files: readonly string[]): Picture {
  return { name, files, states: files.map(stateOf) };
}

function stateOf(file: string): State {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? { size: found.size, time: Math.floor(found.mtimeMs) } : null;
}

/** Whether two states are of the same bytes, as far as size and time tell. */
export function sameStates(a: readonly State[], b: readonly State[]): boolean {
  return a.length === b.length && a.every((one, k) => one?.size === b[k]?.size && one?.time === b[k]?.time);
}

/** Refuses a picture whose files were changed while the command ran (DataError). */
export function requireUnchanged({ files, states }: Picture): void {
  const changed = files.find((file, k) => !sameStates([stateOf(file)], [states[k]]));
  if (changed !== undefined)
    throw new DataError(`${changed}: was changed while the command ran: start it again in an empty folder`);
}
