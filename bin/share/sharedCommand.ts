/**
 * What the work in a shared folder is: `command.json` holds the command of the first process that came, all
 * that results depend on. Another command is refused there, so that results are never a mixture of two.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { DataError, UsageError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { parseJson } from '../../lib/format/json.js';
import { createFile, makeFolder, textOf } from '../../lib/node/files.js';
import { flagOf } from '../cli/optionNames.js';
import { pictureSchema, sameStates } from './picture.js';

export const COMMAND = 'command.json';

const schema = z.object({
  /** Of the program. */
  version: z.string(),
  stage: z.string(),
  /** SHA-256 of the model file. */
  model: z.string(),
  /** Those that change results. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  pictures: z.array(pictureSchema),
});
export type SharedCommand = z.infer<typeof schema>;

/** How often and how long a process waits for a file that another one is just writing. */
const LOOKS = 50;
const LOOK_MILLISECONDS = 100;

/**
 * Joins the work in a folder, or begins it; returns the SHA-256 of the command, the key of its records.
 * UsageError if the folder holds the work of another command, DataError if its command.json is damaged.
 */
export async function joinCommand(folder: string, command: SharedCommand): Promise<string> {
  const path = join(folder, COMMAND);
  const text = `${JSON.stringify(schema.parse(command))}\n`; // members in the order of the schema
  makeFolder(folder);
  if (!createFile(path, text)) {
    const found = await wholeText(path, text);
    if (found !== text) throw new UsageError(refusal(folder, parse(path, found), command));
  }
  return sha256(text);
}

/** The text of a file that may still be short because another process is writing it. */
async function wholeText(path: string, expected: string): Promise<string> {
  for (let look = 1; ; look++) {
    const found = textOf(path) ?? '';
    if (found === expected || found.endsWith('\n') || look === LOOKS || !existsSync(path)) return found;
    await pause(LOOK_MILLISECONDS);
  }
}

function parse(path: string, text: string): SharedCommand {
  const remedy = 'delete its folder to start again';
  if (!text.endsWith('\n')) throw new DataError(`${path}: damaged: its end is missing: ${remedy}`);
  return parseJson(schema, text, path, remedy);
}

function refusal(folder: string, theirs: SharedCommand, ours: SharedCommand): string {
  const difference = differenceOf(theirs, ours);
  return `${folder}: holds the work of another command (${difference}): name another folder, or delete this one`;
}

/** The first difference of two commands, for people. */
function differenceOf(theirs: SharedCommand, ours: SharedCommand): string {
  if (theirs.stage !== ours.stage) return `of "${theirs.stage}"`;
  if (theirs.version !== ours.version) return `of version ${theirs.version}, this is ${ours.version}`;
  if (theirs.model !== ours.model) return 'with another --model';
  const names = Object.keys({ ...ours.options, ...theirs.options });
  const option = names.find((name) => theirs.options[name] !== ours.options[name]);
  if (option !== undefined) {
    const [there, here] = [theirs, ours].map(({ options }) => options[option] ?? 'not given');
    return `${flagOf(option)} there: ${there}, here: ${here}`;
  }
  if (theirs.pictures.length !== ours.pictures.length)
    return `with ${theirs.pictures.length} pictures, here are ${ours.pictures.length}`;
  const changed = ours.pictures.find(({ name, states }, k) => {
    const other = theirs.pictures[k];
    return name !== other.name || !sameStates(states, other.states);
  });
  return changed === undefined ? 'written differently' : `${changed.name} is new, or was changed since`;
}
