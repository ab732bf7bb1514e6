/**
 * JSON of a given form. Schemas are those of zod/mini, a thirtieth of zod in a bundle; its messages have to
 * be enabled, which is done here for all.
 */

import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { DataError } from '../core/error.js';

z.config(english());

/**
 * The value that a text stands for; DataError says where it is not JSON or not of
 * the form that the schema gives, and what to do about it where the caller knows.
 */
export function parseJson<Schema extends z.core.$ZodType>(
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
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new DataError(`${where}: ${path.length > 0 ? `"${path.join('.')}": ` : ''}${message}${end}`);
}
