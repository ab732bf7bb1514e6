/** JSON files that carry the SHA-256 of their other members: one that was damaged is named, not believed. */

import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { parseJson } from '../../lib/format/json.js';

/** The member `sha256`; files of earlier versions may have none. */
type Sealed = { readonly sha256?: string | undefined };
type Members<Schema extends z.ZodMiniType> = Omit<z.infer<Schema>, 'sha256'>;

/** The value with the SHA-256 of its members. */
export function seal<Schema extends z.ZodMiniType>(
  schema: Schema,
  members: Members<Schema>,
): z.infer<Schema> {
  return { ...members, sha256: digest(schema, members) } as z.infer<Schema>;
}

/** The value that a text stands for; DataError if it is not of that form, or not what was written. */
export function unseal<Schema extends z.ZodMiniType<Sealed>>(
  schema: Schema,
  text: string,
  path: string,
  remedy: string,
): z.infer<Schema> {
  const value = parseJson(schema, text, path, remedy);
  if (value.sha256 === undefined || value.sha256 === digest(schema, value)) return value;
  throw new DataError(`${path}: damaged: is not what was written (SHA-256): ${remedy}`);
}

function digest<Schema extends z.ZodMiniType>(schema: Schema, members: Members<Schema>): string {
  const ordered = z.parse(schema, { ...members, sha256: '' }); // members in the order of the schema
  const { sha256: _own, ...rest } = ordered as Sealed;
  return sha256(JSON.stringify(rest));
}
