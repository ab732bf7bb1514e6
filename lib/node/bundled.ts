/**
 * The models that come with the package: `NAME.safetensors` and its card `NAME.md` in fixtures/models. Code
 * that takes the path of a model file also takes such a name, unless there is a file of that name, or a run
 * folder, for its best model.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError, UsageError } from '../core/error.js';
import { readBytes } from './files.js';
import { packageFile } from './package.js';

const MODELS = ['fixtures', 'models'];
const ENDING = '.safetensors';

export function bundledNames(): string[] {
  const models = readdirSync(packageFile(...MODELS)).filter((file) => extname(file) === ENDING);
  return models.map((file) => basename(file, ENDING)).sort();
}

/** The file of a bundled model; UsageError for an unknown name lists the known ones. */
export function bundledFile(name: string): string {
  const names = bundledNames();
  if (names.includes(name)) return packageFile(...MODELS, name + ENDING);
  throw new UsageError(`no bundled model is named "${name}", expected one of ${names.join(', ')}`);
}

/** The card of a bundled model, in Markdown. */
export function bundledCard(name: string): string {
  bundledFile(name);
  return new TextDecoder().decode(readBytes(packageFile(...MODELS, `${name}.md`)));
}

/** The path of the best model in a run folder. */
const BEST = ['checkpoints', 'best.safetensors'];

/**
 * The path of a model that is given as a file, as a run folder
 * or by name; DataError for a word that is none of them.
 */
export function modelPath(given: string): string {
  const isFolder = existsSync(given) && statSync(given).isDirectory();
  if (isFolder && existsSync(join(given, ...BEST))) return join(given, ...BEST);
  const word = /^[\w-]+$/.test(given); // a folder `drive` with data does not hide the model
  if (existsSync(given) && !isFolder) return given;
  const names = bundledNames();
  if (names.includes(given)) return bundledFile(given);
  if (isFolder)
    throw new DataError(
      `${given}: is a folder without ${join(...BEST)}, expected a model file or a run folder`,
    );
  if (!word) return given; // reading it says what is wrong
  throw new DataError(`${given}: no such file, and no bundled model: those are ${names.join(', ')}`);
}
