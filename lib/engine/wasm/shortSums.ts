/**
 * How many dot products of bytes can be summed in 16 bits (assembly/shortSumRows.ts): as many as no codes can
 * take beyond them. Codes are not negative: no sum is above that of the positive weights with the largest
 * codes, nor below that of the negative ones.
 */

import { BLOCK } from './constants.js';

const MOST_SHORT = 2 ** 15 - 1;
const MOST_ROWS = 255;
/** Weights of a row: four channels of each output of a block, and so two sums for each output. */
const ROW = 4 * BLOCK;

/** For each row of packed weights, how many from there on can be summed, with codes up to `mostRead`. */
export function shortSums(packed: ArrayLike<number>, mostRead: number): Uint8Array {
  const rows = packed.length / ROW;
  const above = new Float64Array(ROW / 2);
  const below = new Float64Array(ROW / 2);
  const add = (row: number, sign: 1 | -1) => {
    for (let k = 0; k < ROW; k++) {
      const weight = packed[row * ROW + k];
      (weight > 0 ? above : below)[k >> 1] += sign * weight * mostRead;
    }
  };
  const fits = () => above.every((sum, k) => sum <= MOST_SHORT && -below[k] <= MOST_SHORT);
  let end = 0;
  return Uint8Array.from({ length: rows }, (_, row) => {
    while (end < rows && end - row < MOST_ROWS) {
      add(end, 1);
      if (!fits()) {
        add(end, -1);
        break;
      }
      end += 1;
    }
    add(row, -1);
    return end - row;
  });
}
