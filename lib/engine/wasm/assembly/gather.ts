/**
 * The event-driven convolution: for each output pixel the events of the pixels that it sees are gathered, and
 * 16 output channels stay in registers meanwhile. The events of a pixel are in the order of their channels,
 * and the runs in the order of the taps, so every sum has the terms of the dense kernel in the same order.
 * Weights are packed [O/16][tap][I][16].
 */

import { EVENT_BYTES, PAIR_BYTES, RUNS_BYTES, WIDE_BLOCK } from '../constants';
import { listValues, startsInRow, WEIGHT_ROW_BYTES } from './events';
import { bandEnd, bandStart, Geometry, inputRows, Phase, phaseOf, runOf } from './geometryStructs';
import { nextTask, ownScratch } from './tasks';

export const BLOCK_BYTES: usize = WIDE_BLOCK * 4;

/** One run of taps in bytes. */
@unmanaged
class Run {
  /** From an output pixel's entry in `starts` to the first of the run. */
  starts: u32;
  /** Bytes of `starts` that the run spans. */
  span: u32;
  /** What to add to an event's offset, for the output pixel in column 0. */
  weights: u32;
}

/** out [H,W,O] = bias + sum over the events of input [H,W,I] x weight, as the geometry says. */
export function eventConvolution(
  tasks: u32,
  geometry: Geometry,
  out: usize,
  input: usize,
  weights: usize,
  bias: usize,
  scratch: usize,
  scratchSize: usize,
): void {
  const runs = ownScratch(scratch, scratchSize);
  const current = runs + RUNS_BYTES;
  const starts = current + <usize>geometry.gridWidth * BLOCK_BYTES;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = bandStart(geometry, task / geometry.groups);
    const end = bandEnd(geometry, task / geometry.groups);
    const rows = inputRows(geometry, end - first);
    listValues(eventsAfter(starts, geometry, rows), starts, input, geometry, first, rows);
    for (let k: u32 = 0; k < geometry.phases; k++) {
      const phase = phaseOf(geometry, k);
      phaseRuns(runs, geometry, phase);
      const blocks = (geometry.channelsOut + WIDE_BLOCK - 1) / WIDE_BLOCK;
      const firstBlock = (task % geometry.groups) * geometry.groupBlocks;
      const endBlock = min(blocks, firstBlock + geometry.groupBlocks);
      for (let block = firstBlock; block < endBlock; block++) {
        const blockWeights = weights + wideWeightOffset(geometry, phase, block);
        for (let row = first; row < end; row++) {
          const rowStarts = starts + startsOffset(geometry, row - first);
          gatherRow(current, rowStarts, geometry, phase, runs, blockWeights, bias + <usize>block * BLOCK_BYTES);
          copyRow(out, current, geometry, phase, row, block);
        }
      }
    }
  }
}

/** Copies the currents [W,16] of a row to their place in the output. */
function copyRow(out: usize, current: usize, geometry: Geometry, phase: Phase, row: u32, block: u32): void {
  const channels = geometry.channelsOut;
  const bytes = <usize>min<u32>(WIDE_BLOCK, channels - block * WIDE_BLOCK) * 4;
  const step = <usize>geometry.outputStep * channels * 4;
  const y = row * geometry.outputStep + phase.offsetY;
  const pixel = <usize>(y * geometry.outputWidth + phase.offsetX) * channels + block * WIDE_BLOCK;
  let target = out + pixel * 4;
  for (let x: u32 = 0; x < geometry.gridWidth; x++, current += BLOCK_BYTES, target += step) {
    if (bytes == BLOCK_BYTES) memory.copy(target, current, BLOCK_BYTES);
    else memory.copy(target, current, bytes);
  }
}

/** The currents [W,16] of one row of the grid. */
export function gatherRow(
  current: usize,
  starts: usize,
  geometry: Geometry,
  phase: Phase,
  runs: usize,
  weights: usize,
  bias: usize,
): void {
  const endRuns = runs + <usize>phase.runs * offsetof<Run>();
  const pixelWeights = <usize>geometry.channelsIn * WEIGHT_ROW_BYTES;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  const bias2 = v128.load(bias, 32);
  const bias3 = v128.load(bias, 48);
  for (let x: u32 = 0; x < geometry.gridWidth; x++) {
    let s0 = bias0, s1 = bias1, s2 = bias2, s3 = bias3;
    for (let r = runs; r < endRuns; r += offsetof<Run>()) {
      const run = changetype<Run>(r);
      const from = starts + run.starts;
      const end = <usize>load<u32>(from + run.span);
      const base = weights + run.weights;
      for (let event = <usize>load<u32>(from); event < end; event += EVENT_BYTES) {
        const w = base + <usize>load<u32>(event);
        const value = v128.load32_splat(event, 4);
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(w)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(w, 16)));
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(w, 32)));
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(w, 48)));
      }
    }
    v128.store(current, s0);
    v128.store(current, s1, 16);
    v128.store(current, s2, 32);
    v128.store(current, s3, 48);
    current += BLOCK_BYTES;
    starts += 4;
    weights -= pixelWeights;
  }
}

/** The currents [W,16] of one row of the grid in two steps at once: each weight is read once for both. */
export function gatherPair(
  current: usize,
  second: usize,
  currentStep: usize,
  starts: usize,
  geometry: Geometry,
  phase: Phase,
  runs: usize,
  weights: usize,
  bias: usize,
): void {
  const endRuns = runs + <usize>phase.runs * offsetof<Run>();
  const pixelWeights = <usize>geometry.channelsIn * WEIGHT_ROW_BYTES;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  const bias2 = v128.load(bias, 32);
  const bias3 = v128.load(bias, 48);
  for (let x: u32 = 0; x < geometry.gridWidth; x++) {
    let s0 = bias0, s1 = bias1, s2 = bias2, s3 = bias3;
    let t0 = bias0, t1 = bias1, t2 = bias2, t3 = bias3;
    for (let r = runs; r < endRuns; r += offsetof<Run>()) {
      const run = changetype<Run>(r);
      const from = starts + run.starts;
      const end = <usize>load<u32>(from + run.span);
      const base = weights + run.weights;
      for (let event = <usize>load<u32>(from); event < end; event += PAIR_BYTES) {
        const w = base + <usize>load<u32>(event);
        const s = v128.load32_splat(event, 4);
        const t = v128.load32_splat(event, 8);
        const w0 = v128.load(w);
        s0 = f32x4.add(s0, f32x4.mul(s, w0));
        t0 = f32x4.add(t0, f32x4.mul(t, w0));
        const w1 = v128.load(w, 16);
        s1 = f32x4.add(s1, f32x4.mul(s, w1));
        t1 = f32x4.add(t1, f32x4.mul(t, w1));
        const w2 = v128.load(w, 32);
        s2 = f32x4.add(s2, f32x4.mul(s, w2));
        t2 = f32x4.add(t2, f32x4.mul(t, w2));
        const w3 = v128.load(w, 48);
        s3 = f32x4.add(s3, f32x4.mul(s, w3));
        t3 = f32x4.add(t3, f32x4.mul(t, w3));
      }
    }
    v128.store(current, s0);
    v128.store(current, s1, 16);
    v128.store(current, s2, 32);
    v128.store(current, s3, 48);
    v128.store(second, t0);
    v128.store(second, t1, 16);
    v128.store(second, t2, 32);
    v128.store(second, t3, 48);
    current += currentStep;
    second += currentStep;
    starts += 4;
    weights -= pixelWeights;
  }
}

/** Writes the runs of a phase in bytes. */
export function phaseRuns(runs: usize, geometry: Geometry, phase: Phase): void {
  let tap: u32 = 0;
  for (let k: u32 = 0; k < phase.runs; k++) {
    const from = runOf(phase, k);
    const run = changetype<Run>(runs + <usize>k * offsetof<Run>());
    run.starts = (from.row * startsInRow(geometry) + from.column) * 4;
    run.span = from.count * 4;
    run.weights = (tap - from.column) * geometry.channelsIn * WEIGHT_ROW_BYTES;
    tap += from.count;
  }
}

/** Byte offset of a block's weights of one phase. */
// @ts-ignore: decorator
@inline
export function wideWeightOffset(geometry: Geometry, phase: Phase, block: u32): usize {
  const blocks = (geometry.channelsOut + WIDE_BLOCK - 1) / WIDE_BLOCK;
  const taps = phase.firstTap * blocks + block * phase.taps;
  return <usize>taps * geometry.channelsIn * WEIGHT_ROW_BYTES;
}

/** Byte offset in `starts` of the first pixel that grid row `row` of a band sees. */
// @ts-ignore: decorator
@inline
export function startsOffset(geometry: Geometry, row: u32): usize {
  return <usize>(row * startsInRow(geometry)) * 4;
}

/** Where the events of a band begin: after the starts of its rows, on a multiple of 8. */
// @ts-ignore: decorator
@inline
export function eventsAfter(starts: usize, geometry: Geometry, rows: u32): usize {
  return (starts + <usize>(rows * startsInRow(geometry)) * 4 + 7) & ~(<usize>7);
}
