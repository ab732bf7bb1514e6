/** Numbers for $readmemh by hand, and read back. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { encodeHex, hexBytes } from '../../lib/format/readmemh.js';

const textOf = (values: number[], bits: number) => new TextDecoder().decode(encodeHex(values, bits));

t.test("by hand: two's complement, as many digits as the bits need", async (t) => {
  t.equal(textOf([0, 1, 127, -1, -128], 8), '00\n01\n7f\nff\n80\n');
  t.equal(textOf([-1, -32, 31], 6), '3f\n20\n1f\n', 'the highest digit has two bits');
  t.equal(textOf([-512, 767, -1], 11), '600\n2ff\n7ff\n', 'levels of a picture');
  t.equal(textOf([15, 0], 4), 'f\n0\n');
  t.equal(textOf([255], 8), 'ff\n', 'without a sign');
  t.equal(textOf([-(2 ** 31), 2 ** 31 - 1, -2], 32), '80000000\n7fffffff\nfffffffe\n');
  t.equal(textOf([], 7), '');
});

t.test('numbers of any width are read back', async (t) => {
  const random = stream(1, 'hex');
  for (let bits = 2; bits <= 32; bits++) {
    const values = Array.from({ length: 20 }, () => random.integer(2 ** bits) - 2 ** (bits - 1));
    const text = textOf(values, bits);
    t.equal(text.length, hexBytes(values.length, bits));
    const read = text
      .trim()
      .split('\n')
      .map((line) => Number.parseInt(line, 16));
    t.same(
      read.map((word) => (word >= 2 ** (bits - 1) ? word - 2 ** bits : word)),
      values,
      `${bits} bits`,
    );
  }
});
