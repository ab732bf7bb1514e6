/**
 * The part of `verify` that jobs depend on, in seconds: every result, on one engine and one number of
 * threads, in the mode that jobs run in. That mode runs layers densely or event by event as their input asks,
 * and with the results that have no mode it calls every kernel that the whole `verify` calls.
 */

import { sha256 } from '../../lib/core/sha256.js';
import type { Engine } from '../../lib/engine/door.js';
import type { Mode } from '../../lib/engine/simulate/simulation.js';
import { readHashes } from './expected.js';
import { type Hashes, verify } from './verification.js';

/** The default of every stage. */
export const MODE: Mode = 'auto';

export interface EngineCheck {
  readonly results: number;
  /** SHA-256 of the names and hashes of all results. */
  readonly digest: string;
  /** Names of results that have other bits than expected, or that nothing computes any more. */
  readonly wrong: readonly string[];
}

/** Computes all results on an engine; `expected`: by default the hashes that come with the program. */
export function checkEngine(engine: Engine, expected: Hashes = readHashes()): EngineCheck {
  const { hashes, mismatches } = verify([engine], expected, { modes: [MODE] });
  const names = Object.keys(hashes).sort();
  const unknown = Object.keys(expected).filter((name) => !Object.hasOwn(hashes, name));
  return {
    results: names.length,
    digest: sha256(JSON.stringify(names.map((name) => [name, hashes[name]]))),
    wrong: [...mismatches.map(({ item }) => item), ...unknown],
  };
}
