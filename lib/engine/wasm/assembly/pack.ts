/**
 * Weights [taps,I,O] in the order in which the kernels read them: phase by phase, [O/B][tap][I][B]. Channels
 * that do not fill a block are zeros. Exchanged, for the gradient with respect to the input, the order is
 * [I/B][tap][O][B].
 */

import { Geometry, Phase, phaseOf } from './geometryStructs';
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
  /** The summed channels are in one or two parts, each padded with zeros. */
  first: u32;
  firstPadded: u32;
  second: u32;
  secondPadded: u32;
}

/** Packs weights; a task is one block of channels. */
export function packWeights(tasks: u32, packed: usize, weights: usize, packing: Packing): void {
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

/**
 * Packs `count` rows of one block from channel `from` on, then zeros up to `padded` rows; returns the address
 * of the next part.
 */
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
  const rowBytes = <usize>size * 4;
  const lanes = packing.exchanged ? packing.channelsIn : packing.channelsOut;
  const first = block * size;
  const valid = first < lanes ? min(size, lanes - first) : 0;
  const channelStep = packing.exchanged ? 1 : packing.channelsOut;
  const laneStep = packing.exchanged ? packing.channelsOut : 1;
  let source = weights + <usize>tap * packing.channelsIn * packing.channelsOut * 4;
  source += <usize>(from * channelStep + first * laneStep) * 4;
  if (valid == size && laneStep == 1) copyRows(target, source, count, rowBytes, <usize>channelStep * 4);
  else if (valid == size) transpose(target, source, count, size, <usize>laneStep * 4);
  else copyLanes(target, source, count, rowBytes, valid, <usize>channelStep * 4, <usize>laneStep * 4);
  const used = <usize>count * rowBytes;
  const all = <usize>padded * rowBytes;
  memory.fill(target + used, 0, all - used);
  return target + all;
}

/** Copies rows of whole blocks whose lanes are adjacent in the weights. */
function copyRows(target: usize, source: usize, count: u32, rowBytes: usize, step: usize): void {
  const end = target + <usize>count * rowBytes;
  for (; target < end; target += rowBytes, source += step) {
    for (let i: usize = 0; i < rowBytes; i += 16) v128.store(target + i, v128.load(source + i));
  }
}

/** Copies rows of whole blocks whose lanes are `step` bytes apart, and whose channels are adjacent. */
function transpose(target: usize, source: usize, count: u32, size: u32, step: usize): void {
  const rowBytes = <usize>size * 4;
  let c: u32 = 0;
  for (; c + 4 <= count; c += 4, target += 4 * rowBytes, source += 16) {
    for (let lane: usize = 0; lane < <usize>size; lane++) {
      const four = v128.load(source + lane * step);
      const at = target + lane * 4;
      v128.store_lane<f32>(at, four, 0);
      v128.store_lane<f32>(at + rowBytes, four, 1);
      v128.store_lane<f32>(at + 2 * rowBytes, four, 2);
      v128.store_lane<f32>(at + 3 * rowBytes, four, 3);
    }
  }
  copyLanes(target, source, count - c, rowBytes, size, 4, step);
}

/** Copies value by value, with zeros after the last lane. */
function copyLanes(
  target: usize,
  source: usize,
  count: u32,
  rowBytes: usize,
  lanes: u32,
  channelStep: usize,
  laneStep: usize,
): void {
  for (let c: u32 = 0; c < count; c++, target += rowBytes, source += channelStep) {
    for (let lane: usize = 0; lane < <usize>lanes; lane++) {
      store<f32>(target + lane * 4, load<f32>(source + lane * laneStep));
    }
    const used = <usize>lanes * 4;
    memory.fill(target + used, 0, rowBytes - used);
  }
}
