/** How many rows of weights can be summed in 16 bits: no fewer, and no more, than the definition says. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { shortSums } from '../../lib/engine/wasm/shortSums.js';

const ROW = 32;

/** Whether codes up to `most` can take the sum of two neighbouring channels beyond 16 bits in these rows. */
function overflows(packed: Int8Array, first: number, count: number, most: number): boolean {
  for (let pair = 0; pair < ROW; pair += 2) {
    let [low, high] = [0, 0];
    for (let row = first; row < first + count; row++)
      for (const weight of [packed[row * ROW + pair], packed[row * ROW + pair + 1]]) {
        low += Math.min(0, weight * most);
        high += Math.max(0, weight * most);
      }
    if (high > 32767 || low < -32767) return true;
  }
  return false;
}

t.test('as many as no codes can take beyond them, and not one fewer', async (t) => {
  const random = stream(1, 'short sums');
  for (const [most, largest] of [
    [127, 127],
    [127, 7],
    [15, 127],
    [1, 1],
  ]) {
    const rows = 400;
    const packed = Int8Array.from({ length: rows * ROW }, () => random.integer(2 * largest + 1) - largest);
    const lengths = shortSums(packed, most);
    t.equal(lengths.length, rows);
    const wrong = [...lengths.keys()].filter((row) => {
      const last = row + lengths[row] === rows || lengths[row] === 255;
      return (
        overflows(packed, row, lengths[row], most) ||
        !(last || overflows(packed, row, lengths[row] + 1, most))
      );
    });
    t.strictSame(wrong, [], `codes up to ${most}, weights up to ${largest}: ${lengths.slice(0, 5)}`);
    t.ok(lengths.every((length) => length >= 1));
  }
});
