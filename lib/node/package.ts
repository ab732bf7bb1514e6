/** Paths of files that come with the package, which may run from source or from dist. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBytes } from './files.js';

/** The path of a file given relative to the package's root. */
export function packageFile(...parts: readonly string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, ...parts);
}

export function packageVersion(): string {
  return JSON.parse(new TextDecoder().decode(readBytes(packageFile('package.json')))).version;
}
