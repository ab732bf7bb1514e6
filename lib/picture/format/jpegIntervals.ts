/**
 * The codes of a JPEG scan between its restarts, and a reader of their bits that does not run over their end.
 */

const MARK = 0xff;
const RESTART = 0xd0;

export function isRestart(mark: number): boolean {
  return mark >= RESTART && mark < RESTART + 8;
}

/** Cuts codes at the restart marks, and makes literal 0xff (written as ff 00) single bytes. */
export function intervalsOf(codes: Uint8Array): Uint8Array[] {
  const plain = new Uint8Array(codes.length);
  const intervals: Uint8Array[] = [];
  let [start, to] = [0, 0];
  for (let at = 0; at < codes.length; at++) {
    if (codes[at] !== MARK || codes[at + 1] === 0) {
      plain[to++] = codes[at];
      if (codes[at] === MARK) at += 1;
    } else if (isRestart(codes[at + 1])) {
      at += 1;
      if (codes[at] !== RESTART + (intervals.length & 7)) throw new Error('its restarts are out of order');
      intervals.push(plain.subarray(start, to));
      start = to;
    } // else 0xff that fill up the space before a mark
  }
  return [...intervals, plain.subarray(start, to)];
}

/**
 * For each 16 bits what they start with: length of the code << 8 | its value; 0 where no code is like that.
 */
export type CodeTable = Uint16Array;

/** The table of codes that are numbered by length (T.81, annex C): 16 counts, then the values. */
export function codeTable(content: Uint8Array | undefined): CodeTable {
  if (!content) throw new Error('a code table is missing');
  const table = new Uint16Array(2 ** 16);
  let [at, value] = [0, 16];
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < content[length - 1]; i++) {
      const end = at + 2 ** (16 - length);
      if (end > table.length) throw new Error('its code tables are damaged');
      table.fill((length << 8) | content[value++], at, end);
      at = end;
    }
  }
  return table;
}

/** Bits of an interval, from the highest of each byte. Reading beyond its end is an error. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private buffer = 0;
  private held = 0;
  /** Bits of `buffer` that the interval does not have. */
  private lent = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The value of the next code. */
  symbol(table: CodeTable): number {
    this.fill();
    const entry = table[(this.buffer >>> (this.held - 16)) & 0xffff];
    if (entry === 0) throw new Error('its codes are damaged');
    this.drop(entry >> 8);
    return entry & 255;
  }

  /** The next `count` bits (0 .. 16) as a number. */
  bits(count: number): number {
    if (count === 0) return 0;
    this.fill();
    const value = (this.buffer >>> (this.held - count)) & ((1 << count) - 1);
    this.drop(count);
    return value;
  }

  /** The next `count` bits (0 .. 16) as a number with a sign (T.81, EXTEND). */
  signed(count: number): number {
    const value = this.bits(count);
    return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  private fill(): void {
    while (this.held <= 16) {
      if (this.at < this.bytes.length) this.buffer = (this.buffer << 8) | this.bytes[this.at++];
      else {
        this.buffer <<= 8;
        this.lent += 8;
      }
      this.held += 8;
    }
  }

  private drop(count: number): void {
    this.held -= count;
    if (this.held < this.lent) throw new Error('its codes end too early');
  }
}
