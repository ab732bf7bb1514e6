/**
 * Whole numbers as Verilog's `$readmemh` reads them: one a line, in hexadecimal digits of two's complement.
 * There are as many digits as the bits need; bits of the first digit beyond them are 0.
 */

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const NEWLINE = 10;

/** Digits of a number of so many bits. */
const digitsOf = (bits: number) => Math.ceil(bits / 4);

/** The bytes that `encodeHex` needs for so many values. */
export function hexBytes(values: number, bits: number): number {
  return values * (digitsOf(bits) + 1);
}

/** The text of values that fit `bits`, up to 32. */
export function encodeHex(values: ArrayLike<number>, bits: number): Uint8Array {
  const digits = digitsOf(bits);
  const mask = 2 ** bits - 1;
  const out = new Uint8Array(hexBytes(values.length, bits));
  for (let n = 0, at = 0; n < values.length; n++) {
    const word = values[n] & mask;
    for (let digit = digits - 1; digit >= 0; digit--) out[at++] = DIGITS[(word >>> (4 * digit)) & 15];
    out[at++] = NEWLINE;
  }
  return out;
}
