/**
 * The part of the zip format that `torch.save` uses: entries that are stored uncompressed, found by the
 * directory at the end of the file and checked against their CRC-32. Nothing is unpacked, so no entry takes
 * memory of its own; compressed, encrypted and split archives, and those above 4 GiB, are refused.
 */

import { crc32 } from '../../core/crc32.js';
import { DataError, shown } from '../../core/error.js';

const LOCAL = { signature: 0x04034b50, size: 30 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const END = { signature: 0x06054b50, size: 22 };
/** A comment may follow the end record. */
const LONGEST_COMMENT = 0xffff;
const ENCRYPTED = 1;
/** The value of a 32-bit field whose true number has 64 bits. */
const ZIP64 = 0xffffffff;

interface Entry {
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly size: number;
  readonly header: number;
}

export interface Archive {
  /** In the order of the directory. */
  readonly names: readonly string[];
  /**
   * The bytes of an entry, a view of the file; undefined without such an entry, DataError for a damaged one.
   */
  read(name: string): Uint8Array | undefined;
}

/** Whether bytes start like a zip file. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL.signature;
}

/** The entries of a zip file; DataError names `source` and what is wrong. */
export function openZip(bytes: Uint8Array, source: string): Archive {
  const entries = readDirectory(bytes, source);
  const checked = new Map<string, Uint8Array>();
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      const content = checked.get(name) ?? readEntry(bytes, entry, `${source}: ${shown(name)}`);
      checked.set(name, content);
      return content;
    },
  };
}

function readDirectory(bytes: Uint8Array, source: string): Map<string, Entry> {
  const view = viewOf(bytes);
  const end = findEnd(view);
  if (end === undefined)
    throw new DataError(`${source}: truncated: the directory at the end of the zip file is missing`);
  const damaged = (what: string) => new DataError(`${source}: damaged zip file: ${what}`);
  const [count, start] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL.size > end || view.getUint32(at, true) !== CENTRAL.signature)
      throw damaged(`entry ${i} of ${count} is not in its directory`);
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const after = at + CENTRAL.size + lengths[0] + lengths[1] + lengths[2];
    if (after > end) throw damaged(`entry ${i} of ${count} goes beyond its directory`);
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL.size).subarray(0, lengths[0]));
    if (entries.has(name)) throw damaged(`it holds ${shown(name)} twice`);
    entries.set(name, {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    at = after;
  }
  return entries;
}

/** The address of the last end record. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - END.size;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    if (view.getUint32(at, true) === END.signature) return at;
  }
  return undefined;
}

function readEntry(bytes: Uint8Array, entry: Entry, where: string): Uint8Array {
  const { method, flags, size, header, crc } = entry;
  if (flags & ENCRYPTED) throw new DataError(`${where}: is encrypted`);
  if (method !== 0)
    throw new DataError(`${where}: is compressed (method ${method}), expected it stored, as torch.save does`);
  if (size === ZIP64 || header === ZIP64) throw new DataError(`${where}: is larger than 4 GiB`);
  const view = viewOf(bytes);
  const isThere = header + LOCAL.size <= bytes.length && view.getUint32(header, true) === LOCAL.signature;
  const lengths = isThere ? view.getUint16(header + 26, true) + view.getUint16(header + 28, true) : 0;
  const start = header + LOCAL.size + lengths;
  if (!isThere || start + size > bytes.length)
    throw new DataError(`${where}: its ${size} bytes are not in the file: it is truncated or damaged`);
  const content = bytes.subarray(start, start + size);
  if (crc32(content) !== crc) throw new DataError(`${where}: damaged: its checksum is not the stored one`);
  return content;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
