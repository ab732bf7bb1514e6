/**
 * How dot products of codes and weights are computed: by the instructions that WebAssembly has for them here,
 * and by how they are translated. All give the same sums.
 */

import { type Instructions, i32Of, isValid, v128Of } from './probe.js';

/** From the slowest to the fastest, where the processor has what they are made for. */
export const dotProducts = {
  /** Two products of 16 bits, summed in 32. */
  pairs: 'i32x4.dot_i16x8_s',
  /** Two products of bytes, summed in 16 bits for as long as they fit (assembly/shortSumRows.ts). */
  sums: 'i16x8.relaxed_dot_i8x16_i7x16_s',
  /** Four products of bytes, summed in 32. */
  fused: 'i32x4.relaxed_dot_i8x16_i7x16_add_s',
} as const;

export type DotProduct = keyof typeof dotProducts;

/** A lane of the fused instruction: four products 127 x 255, although no code may be 255. */
const TOO_LARGE: Instructions = [
  ...[...v128Of(127), ...v128Of(255), ...v128Of(0), 0xfd, 0x93, 0x02], // i32x4.relaxed_dot_..
  ...[0xfd, 0x1b, 0x00], // i32x4.extract_lane 0
];
/**
 * What processors with one instruction for it make of codes that it is not defined for: x86 with VNNI takes
 * 255 for 255, ARM for -1. Where sums of pairs stop at 2^15 - 1 it is several instructions, slower than
 * `sums` and mostly than `pairs`.
 */
const BY_ONE_INSTRUCTION = [4 * 127 * 255, 4 * 127 * -1];

/** Whether WebAssembly here has dot products of bytes. */
export const hasDotProductsOfBytes = (): boolean => isValid(TOO_LARGE);

let usual: DotProduct | undefined;

/** The fastest one here. */
export function usualDotProduct(): DotProduct {
  usual ??= !hasDotProductsOfBytes()
    ? 'pairs'
    : BY_ONE_INSTRUCTION.includes(i32Of(TOO_LARGE))
      ? 'fused'
      : 'sums';
  return usual;
}
