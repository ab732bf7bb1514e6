/** A checker for the little of JSON Schema (draft 7) that the schemas in fixtures/ use. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** What is wrong with a value, each with where it is, such as `/spec/completions: is no integer`. */
export function faults(value: unknown, schema: Schema, root: Schema = schema, at = ''): string[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    return faults(value, root.definitions![name], root, at);
  }
  const { type, items, properties, required = [], additionalProperties } = schema;
  if (type !== undefined && !isOf(type, value)) return [`${at}: is no ${type}`];
  if (Array.isArray(value))
    return items ? value.flatMap((item, k) => faults(item, items, root, `${at}/${k}`)) : [];
  if (typeof value !== 'object' || value === null) return [];
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (known === false) return [`${at}/${name}: is not known`];
    return known ? faults(member, known, root, `${at}/${name}`) : [];
  });
  return [...missing.map((name) => `${at}/${name}: is missing`), ...inside];
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
