/**
 * LZW of GIF and TIFF: codes of growing width stand for strings, each of them the string of an earlier code
 * and one more byte. The two formats differ in the order of bits and in when codes grow. Codes that were not
 * defined are refused; the tables are made again for each call, so nothing of another file is left in them.
 */

export interface LzwKind {
  /** Bits of a byte that codes stand for by themselves: 8 in TIFF, those of a pixel in GIF. */
  readonly literalBits: number;
  /** Codes start at a byte's lowest bit (GIF), not at its highest (TIFF). */
  readonly lowestFirst: boolean;
  /** Codes grow one code before it is necessary (TIFF). */
  readonly early: boolean;
}

const MOST_CODES = 4096;
const WIDEST = 12;
/** A code of 9 bits can stand for 4096 bytes. */
export const MOST_LZW_RATIO = 3641;

/** The first `expected` bytes, or fewer where the data holds fewer; Error where its codes are damaged. */
export function unpackLzw(data: Uint8Array, kind: LzwKind, expected: number): Uint8Array {
  const clear = 1 << kind.literalBits;
  const end = clear + 1;
  const prefix = new Uint16Array(MOST_CODES);
  const suffix = Uint8Array.from({ length: MOST_CODES }, (_, code) => code);
  const lengths = new Uint16Array(MOST_CODES).fill(1, 0, clear);
  const out = new Uint8Array(expected);
  const read = codeReader(data, kind.lowestFirst);
  let [width, next, previous, filled] = [kind.literalBits + 1, end + 1, -1, 0];
  while (filled < expected) {
    const code = read(width);
    if (code < 0 || code === end) break;
    if (code === clear) {
      [width, next, previous] = [kind.literalBits + 1, end + 1, -1];
      continue;
    }
    if (previous < 0 ? code > clear : code > next) throw new Error('its codes are damaged');
    const known = code < next;
    // a code that is being defined: the previous string and its own first byte
    let at = known ? code : previous;
    let to = filled + lengths[at];
    const full = known ? to : to + 1;
    while (to > filled) {
      to -= 1;
      if (to < expected) out[to] = suffix[at];
      at = prefix[at];
    }
    if (!known && full <= expected) out[full - 1] = out[filled];
    if (previous >= 0 && next < MOST_CODES) {
      [prefix[next], suffix[next], lengths[next]] = [previous, out[filled], lengths[previous] + 1];
      next += 1;
      if (next + Number(kind.early) === 1 << width && width < WIDEST) width += 1;
    }
    previous = code;
    filled = full;
  }
  return out.subarray(0, Math.min(filled, expected));
}

/** Reads codes of a width in bits; -1 where the data ends. */
function codeReader(data: Uint8Array, lowestFirst: boolean): (width: number) => number {
  let [at, buffer, held] = [0, 0, 0];
  return (width) => {
    while (held < width) {
      if (at === data.length) return -1;
      buffer = lowestFirst ? buffer | (data[at] << held) : (buffer << 8) | data[at];
      at += 1;
      held += 8;
    }
    held -= width;
    const mask = (1 << width) - 1;
    const code = lowestFirst ? buffer & mask : (buffer >>> held) & mask;
    buffer = lowestFirst ? buffer >>> width : buffer & ((1 << held) - 1);
    return code;
  };
}
