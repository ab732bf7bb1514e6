/**
 * Fields of protocol buffers, as bytes: each is its number and its type in one integer, then its value. A
 * message is its fields, one after another.
 */

/** How a field's value is written. */
const WIRE = { varint: 0, eight: 1, bytes: 2, four: 5 };

/** A natural number. */
export function integer(number: number, value: number): Uint8Array {
  return Uint8Array.of(...key(number, WIRE.varint), ...varint(value));
}

/** A float64. */
export function double(number: number, value: number): Uint8Array {
  return join([
    Uint8Array.from(key(number, WIRE.eight)),
    littleEndian(8, (view) => view.setFloat64(0, value, true)),
  ]);
}

/** A float32, to which the value is rounded. */
export function float(number: number, value: number): Uint8Array {
  return join([
    Uint8Array.from(key(number, WIRE.four)),
    littleEndian(4, (view) => view.setFloat32(0, value, true)),
  ]);
}

export function text(number: number, value: string): Uint8Array {
  return field(number, new TextEncoder().encode(value));
}

export function message(number: number, fields: readonly Uint8Array[]): Uint8Array {
  return field(number, join(fields));
}

/** Bytes as they are. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return join([Uint8Array.of(...key(number, WIRE.bytes), ...varint(bytes.length)), bytes]);
}

function key(number: number, wire: number): number[] {
  return varint((number << 3) | wire);
}

/** A natural number, 7 bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function littleEndian(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

/** All bytes, one part after another. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
