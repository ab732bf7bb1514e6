/**
 * Tagged values as TIFF and EXIF hold them: directories of entries of 12 bytes (number, type, how many, value
 * or where it is). Only what is asked for is read, and only inside the file; what all directories of a file
 * may read together is bounded by its length, so that directories which overlap cannot take time without end.
 */

/**
 * The values of a directory by number: undefined where there is none; Error where they are not whole numbers.
 */
export type Tags = (tag: number) => readonly number[] | undefined;

/** A directory, and where the next one starts (0: nowhere). */
export interface Directory {
  readonly tags: Tags;
  readonly next: number;
}

export interface TagFile {
  /** Whether numbers start with their lowest byte. */
  readonly little: boolean;
  /** Where the first directory starts. */
  readonly first: number;
  readonly directory: (at: number) => Directory;
}

const ENTRY = 12;
/** Bytes of the types that hold whole numbers: BYTE, SHORT, LONG. */
const WHOLE: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };
/** How often a file's bytes may be read; its own tables alone are read once. */
const MOST_READINGS = 4;

/**
 * A file that starts with a TIFF header; RangeError where it ends too early, Error for another byte order.
 */
export function openTags(bytes: Uint8Array): TagFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if (!little && order !== 0x4d4d) throw new Error('its byte order is damaged');
  let left = MOST_READINGS * bytes.length;
  const spend = (count: number) => {
    left -= count;
    if (left < 0) throw new Error('its directories overlap');
  };
  const values = (at: number): number[] => {
    const size = WHOLE[view.getUint16(at + 2, little)];
    if (!size) throw new Error(`tag ${view.getUint16(at, little)} is not a whole number`);
    const count = view.getUint32(at + 4, little);
    if (count * size > bytes.length) throw new Error('it ends too early');
    spend(count * size);
    const start = count * size > 4 ? view.getUint32(at + 8, little) : at + 8;
    const read = size === 1 ? 'getUint8' : size === 2 ? 'getUint16' : 'getUint32';
    return Array.from({ length: count }, (_, i) => view[read](start + i * size, little));
  };
  return {
    little,
    first: view.getUint32(4, little),
    directory(at) {
      const count = view.getUint16(at, little);
      spend(2 + count * ENTRY);
      const entries = new Map<number, number>();
      for (let i = count - 1; i >= 0; i--) {
        const entry = at + 2 + i * ENTRY;
        entries.set(view.getUint16(entry, little), entry); // the first of equal numbers stays
      }
      const tags: Tags = (tag) => {
        const entry = entries.get(tag);
        return entry === undefined ? undefined : values(entry);
      };
      return { tags, next: view.getUint32(at + 2 + count * ENTRY, little) };
    },
  };
}

const ORIENTATION = 274;

/** The orientation 1 .. 8 of a directory; 1 where it says none, or nothing that makes sense. */
export function orientationIn(tags: Tags): number {
  const value = tags(ORIENTATION)?.[0] ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}

/** The orientation in EXIF data (of JPEG and PNG); what cannot be read says nothing. */
export function orientationOf(exif: Uint8Array | undefined): number {
  if (!exif) return 1;
  try {
    const file = openTags(exif);
    return orientationIn(file.directory(file.first).tags);
  } catch {
    return 1;
  }
}
