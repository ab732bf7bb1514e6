/**
 * Weights [taps,I,O] in the order in which the kernels read them: phase by phase, [O/B][tap][I][B]. Channels that
 * do not fill a block are zeros. Exchanged, for the gradient by the input, it is [I/B][tap][O][B].
 */

import { Geometry, Phase, phaseOf } from './geometry';
import { nextTask } from './tasks';

@unmanaged
export class Packing {
  geometry: usize;
  /** u32 [taps]: for each tap of each phase, which tap of the weights it is. */
  order: usize;
  channelsIn: u32;
  channelsOut: u32;
  /** B */
  block: u32;
  exchanged: u32;
  /** The summed channels come in one or two parts, each padded with zeros to so many. */
  first: u32;
  firstPadded: u32;
  second: u32;
  secondPadded: u32;
}

/** A task is one block of channels. */
export function packWeights(tasks: u32, packed: usize, weights: usize, address: usize): void {
  const packing = changetype<Packing>(address);
  const geometry = changetype<Geometry>(packing.geometry);
  const channels = packing.firstPadded + packing.secondPadded;
  const rowBytes = <usize>packing.block * 4;
  for (let block = nextTask(); block < tasks; block = nextTask()) {
    for (let k: u32 = 0; k < geometry.phases; k++) {
      const phase = phaseOf(geometry, k);
      const start = phase.firstTap * tasks + block * phase.taps;
      let target = packed + <usize>start * channels * rowBytes;
      for (let t: u32 = 0; t < phase.taps; t++) {
        const tap = load<u32>(packing.order + (<usize>(phase.firstTap + t) << 2));
        target = packPart(target, weights, packing, tap, block, 0, packing.first, packing.firstPadded);
        target = packPart(target, weights, packing, tap, block, packing.first, packing.second, packing.secondPadded);
      }
    }
  }
}

/** `count` rows of one block from channel `from` on, then zeros up to `padded` rows; returns what comes behind. */
function packPart(
  target: usize,
  weights: usize,
  packing: Packing,
  tap: u32,
  block: u32,
  from: u32,
  count: u32,
  padded: u32,
): usize {
  const size = packing.block;
  const lanes = packing.exchanged ? packing.channelsIn : packing.channelsOut;
  const first = block * size;
  const valid = first < lanes ? min(size, lanes - first) : 0;
  const tapStart = tap * packing.channelsIn * packing.channelsOut;
  for (let c = from; c < from + count; c++) {
    for (let j: u32 = 0; j < valid; j++) {
      const lane = first + j;
      const index = packing.exchanged
        ? tapStart + lane * packing.channelsOut + c
        : tapStart + c * packing.channelsOut + lane;
      store<f32>(target + (<usize>j << 2), load<f32>(weights + (<usize>index << 2)));
    }
    if (valid < size) memory.fill(target + (<usize>valid << 2), 0, <usize>(size - valid) * 4);
    target += <usize>size * 4;
  }
  const rest = <usize>(padded - count) * size * 4;
  memory.fill(target, 0, rest);
  return target + rest;
}
