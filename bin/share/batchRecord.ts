/**
 * What is done of shared work: a file for each batch, with a reply for each of its pictures, under the key of
 * the command. Numbers are not rounded, so that totals are those of a single process.
 */

import { join } from 'node:path';
import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { textOf, writeFileAtomic } from '../../lib/node/files.js';
import { seal, unseal } from '../cli/sealed.js';
import type { Batch } from './batches.js';

/** What a process says of a picture: its result, in a form of the stage's own, or why it has none. */
export const replySchema = z.union([z.object({ failed: z.string() }), z.object({ ok: z.unknown() })]);
export type Reply = z.infer<typeof replySchema>;

const schema = z.object({
  key: z.string(),
  replies: z.array(replySchema),
  /** SHA-256 of the other members. */
  sha256: z.string(),
});

export const recordName = ({ number }: Batch): string => `${String(number).padStart(5, '0')}.json`;

/** The replies of a batch; undefined if it is not done; DataError if its record is damaged. */
export function readRecord(folder: string, key: string, batch: Batch): readonly Reply[] | undefined {
  const path = join(folder, recordName(batch));
  const text = textOf(path);
  if (text === undefined) return undefined;
  const remedy = 'delete it to do its pictures again';
  const record = unseal(schema, text, path, remedy);
  if (record.key !== key || record.replies.length !== batch.end - batch.first)
    throw new DataError(`${path}: is of another command: ${remedy}`);
  return record.replies;
}

export function writeRecord(folder: string, key: string, batch: Batch, replies: Reply[]): void {
  writeFileAtomic(join(folder, recordName(batch)), `${JSON.stringify(seal(schema, { key, replies }))}\n`);
}
