/**
 * What TensorBoard shows of a folder, by its own rules: files in the order of their names, a record that is
 * cut off ends its file, and a restart drops what was shown at its step and later. Only fields that the
 * project writes are known.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '../../lib/core/crc32.js';

export interface ShownEvent {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** A number, or the bytes of a picture. */
  readonly value: number | Buffer;
}

type Field = number | Buffer;

export function eventFilesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.includes('tfevents'))
    .sort();
}

export function shownIn(folder: string): ShownEvent[] {
  let shown: ShownEvent[] = [];
  for (const name of eventFilesOf(folder)) {
    for (const event of recordsOf(readFileSync(join(folder, name))).map(fieldsOf)) {
      const step = one(event, 2, 0) as number;
      const time = (one(event, 1) as Buffer).readDoubleLE();
      if (event.has(7)) shown = shown.filter((earlier) => earlier.step < step);
      for (const summary of event.get(5) ?? []) {
        const values = (fieldsOf(summary as Buffer).get(1) ?? []).map((value) => fieldsOf(value as Buffer));
        shown.push(
          ...values.map((value) => ({ tag: String(one(value, 1)), step, time, value: contentOf(value) })),
        );
      }
    }
  }
  return shown;
}

function contentOf(value: Map<number, Field[]>): number | Buffer {
  if (value.has(2)) return (one(value, 2) as Buffer).readFloatLE();
  return one(fieldsOf(one(value, 4) as Buffer), 4) as Buffer;
}

function one(fields: Map<number, Field[]>, number: number, missing?: Field): Field {
  const [value = missing] = fields.get(number) ?? [];
  if (value === undefined) throw new Error(`field ${number} is missing`);
  return value;
}

/** The data of complete records; an Error where a checksum is wrong. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (at + length + 16 > bytes.length) break;
    const [head, data] = [bytes.subarray(at, at + 8), bytes.subarray(at + 12, at + 12 + length)];
    for (const [part, sum] of [
      [head, at + 8],
      [data, at + 12 + length],
    ] as const) {
      const turned = (bytes.readUInt32LE(sum) - 0xa282ead8) >>> 0;
      if (((turned << 15) | (turned >>> 17)) >>> 0 !== crc32c(part)) throw new Error(`checksum at ${sum}`);
    }
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** The fields of a message by their numbers; those of fixed size as bytes. */
function fieldsOf(bytes: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const byte = bytes[at++];
      value += (byte % 128) * unit;
      if (byte < 128) return value;
    }
  };
  const take = (size: number) => bytes.subarray(at, (at += size));
  while (at < bytes.length) {
    const key = varint();
    const read = [varint, () => take(8), () => take(varint()), undefined, undefined, () => take(4)][key % 8];
    if (!read) throw new Error(`type ${key % 8}`);
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), read()]);
  }
  return fields;
}
