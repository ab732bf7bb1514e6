/** The strings of a file's metadata, read by a schema. */

import type * as z from 'zod/mini';
import { DataError } from '../core/error.js';
import './json.js'; // enables messages

/**
 * The values that the strings stand for; DataError begins with
 * the key that is missing or wrong. Other keys are left out.
 */
export function readStrings<Schema extends z.ZodMiniType>(
  schema: Schema,
  texts: Readonly<Record<string, string>>,
): z.output<Schema> {
  const parsed = schema.safeParse(texts);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new DataError(`"${path.join('.')}": ${message}`);
}
