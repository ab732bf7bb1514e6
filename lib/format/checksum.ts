/**
 * Checksums of a safetensors file, as two entries of its metadata: a SHA-256 of the whole contents, and the
 * first digits of one for each tensor, which tell where a file is damaged. They depend on the contents only,
 * not on the order in which a program writes them. They protect against damage, not against forgery.
 */

import { DataError } from '../core/error.js';
import { sha256 } from '../core/sha256.js';

/** A tensor as it is stored in a file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file has both or none, so that a flipped bit in one of the names is noticed. */
const [WHOLE, EACH] = ['sha256', 'sha256Tensors'];
const DIGITS = 64;
/** Digits of each tensor's checksum: enough to find the damaged one. */
const SHORT = 8;

/** The two entries of the metadata. Their length depends only on the number of tensors. */
export function checksumsOf(
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>>,
): Record<string, string> {
  const digests = [...tensors].sort(byName).map(digestOf);
  return entries(sha256(canonical(metadata), ...digests), digests);
}

/** Entries of the right length, to be filled in when the bytes are known. */
export function blankChecksums(tensors: number): Record<string, string> {
  const blank = '0'.repeat(DIGITS);
  return entries(
    blank,
    Array.from({ length: tensors }, () => blank),
  );
}

/** The metadata without checksums, and whether it had them; DataError names the part that is damaged. */
export function verifyChecksums(
  tensors: readonly StoredTensor[],
  stored: Readonly<Record<string, string>>,
  source: string,
): { metadata: Record<string, string>; checked: boolean } {
  const { [WHOLE]: whole, [EACH]: each, ...metadata } = stored;
  if (whole === undefined && each === undefined) return { metadata, checked: false };
  const expected = checksumsOf(tensors, metadata);
  if (whole !== expected[WHOLE] || each !== expected[EACH]) {
    const tensor = whole === expected[WHOLE] ? undefined : damagedTensor(tensors, each ?? '', expected[EACH]);
    const part = tensor ?? 'its metadata';
    throw new DataError(
      `${source}: damaged: ${part} is not what was written (SHA-256): take it from a backup or make it again; ` +
        `if it was changed on purpose, remove "${WHOLE}" and "${EACH}" from its metadata`,
    );
  }
  return { metadata, checked: true };
}

/** The first tensor, by name, whose digest has changed. */
function damagedTensor(
  tensors: readonly StoredTensor[],
  found: string,
  expected: string,
): string | undefined {
  const [before, now] = [found, expected].map((list) => list.split(' '));
  const bad = before.length === now.length ? now.findIndex((digest, i) => digest !== before[i]) : -1;
  return bad < 0 ? undefined : `tensor ${[...tensors].sort(byName)[bad].name}`;
}

function entries(whole: string, digests: readonly string[]): Record<string, string> {
  return { [WHOLE]: whole, [EACH]: digests.map((digest) => digest.slice(0, SHORT)).join(' ') };
}

function digestOf({ name, dtype, shape, bytes }: StoredTensor): string {
  return sha256(JSON.stringify([name, dtype, shape]), bytes);
}

function canonical(metadata: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Order by name, in UTF-16 code units. */
function byName(a: StoredTensor, b: StoredTensor): number {
  return a.name < b.name ? -1 : 1;
}
