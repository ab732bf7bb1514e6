/** JSON of a given form. */

import type { z } from 'zod';
import { DataError } from '../core/error.js';

/**
 * The value that a text stands for; DataError says where it is not JSON or not of the form that the schema gives, and
 * what to do about it where the caller knows.
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  where: string,
  remedy?: string,
): z.infer<Schema> {
  const end = remedy ? `: ${remedy}` : '';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError(`${where}: is not valid JSON${end}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new DataError(`${where}: ${path.length > 0 ? `"${path.join('.')}": ` : ''}${message}${end}`);
}
