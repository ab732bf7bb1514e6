/** The hashes that are expected, as they are shipped. */

import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { readBytes } from '../../lib/node/files.js';
import { packageFile } from '../../lib/node/package.js';
import type { Hashes } from './verification.js';

/** The file that comes with the program. */
export const HASHES_FILE = packageFile('fixtures', 'verify.json');

/** Hashes of results with `only` in their name; DataError if the file holds none. */
export function readHashes(path = HASHES_FILE, only = ''): Hashes {
  const text = new TextDecoder().decode(readBytes(path));
  try {
    const hashes = z.record(z.string(), z.string()).parse(JSON.parse(text));
    return Object.fromEntries(Object.entries(hashes).filter(([name]) => name.includes(only)));
  } catch {
    throw new DataError(`${path}: expected a JSON object of SHA-256 hashes, as "verify --update" writes it`);
  }
}
