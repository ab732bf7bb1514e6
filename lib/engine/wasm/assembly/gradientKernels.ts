/**
 * The gradient with respect to the weights: for each tap, G[ci][co] = the sum over the pixels of input x
 * gradient of the output. The kernel keeps 4 input x 8 output channels in registers and walks over the
 * pixels; a sum belongs to one thread. Both tensors are first packed by channels, [C/4][rows][columns][4] and
 * [C/8][rows][columns][8], so that it reads memory in order. Bands of rows keep what it reads in the cache;
 * the sums continue from band to band.
 */

import { IN_BLOCK, OUT_BLOCK } from '../constants';
import { nextTask, ownScratch } from './tasks';

@unmanaged
export class GradientPlan {
  /** Pixels that are summed over. */
  height: u32;
  width: u32;
  channelsIn: u32;
  channelsOut: u32;
  taps: u32;
  /** Packed input and packed gradient: rows and columns with their padding. */
  input: usize;
  inputRows: u32;
  inputColumns: u32;
  gradient: usize;
  gradientRows: u32;
  gradientColumns: u32;
  /** Pixels of the packed gradient from one summed pixel to the next (2 in a transposed convolution). */
  gradientStep: u32;
  /** Rows of a band, at most. */
  bandRows: u32;
  // After the struct, for each tap: input row, input column, gradient row, gradient column.
}

const PLAN_BYTES: usize = offsetof<GradientPlan>();
const TAP_BYTES: usize = 16;
/** Bytes of the sums of one tap. */
const SUMS_BYTES: usize = 128;

/** Packs x [H,W,C] into blocks of `block` channels with zeros around; a task is one block. */
export function packChannels(
  tasks: u32,
  packed: usize,
  x: usize,
  height: u32,
  width: u32,
  channels: u32,
  block: u32,
  padding: u32,
  rows: u32,
  columns: u32,
): void {
  const pixelBytes = <usize>block * 4;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    let target = packed + <usize>task * rows * columns * pixelBytes;
    const first = task * block;
    const count = min(block, channels - first);
    for (let r: u32 = 0; r < rows; r++) {
      const y = r - padding;
      for (let column: u32 = 0; column < columns; column++, target += pixelBytes) {
        const px = column - padding;
        if (y >= height || px >= width) {
          memory.fill(target, 0, pixelBytes);
          continue;
        }
        const from = x + ((<usize>(y * width + px)) * channels + first) * 4;
        if (count == block) copyBlock(target, from, block);
        else {
          memory.fill(target, 0, pixelBytes);
          memory.copy(target, from, <usize>count * 4);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function copyBlock(target: usize, from: usize, block: u32): void {
  v128.store(target, v128.load(from));
  if (block == OUT_BLOCK) v128.store(target, v128.load(from, 16), 16);
}

/**
 * gradWeight [taps,I,O] from the packed tensors; a task is one block of input by `group` blocks of output
 * channels.
 */
export function weightGradient(
  tasks: u32,
  gradWeight: usize,
  plan: GradientPlan,
  group: u32,
  scratch: usize,
  scratchSize: usize,
): void {
  const outBlocks = (plan.channelsOut + OUT_BLOCK - 1) / OUT_BLOCK;
  const groups = (outBlocks + group - 1) / group;
  const sums = ownScratch(scratch, scratchSize);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const inBlock = task / groups;
    const firstBlock = (task % groups) * group;
    for (let outBlock = firstBlock; outBlock < min(outBlocks, firstBlock + group); outBlock++) {
      sumBlock(sums, plan, inBlock, outBlock);
      storeSums(gradWeight, sums, plan, inBlock, outBlock);
    }
  }
}

/** The sums [taps,4,8] of one block of input channels by one of output channels. */
function sumBlock(sums: usize, plan: GradientPlan, inBlock: u32, outBlock: u32): void {
  const taps = changetype<usize>(plan) + PLAN_BYTES;
  memory.fill(sums, 0, <usize>plan.taps * SUMS_BYTES);
  for (let first: u32 = 0; first < plan.height; first += plan.bandRows) {
    const rows = min(plan.bandRows, plan.height - first);
    for (let k: u32 = 0; k < plan.taps; k++) {
      addBand(sums + <usize>k * SUMS_BYTES, plan, taps + <usize>k * TAP_BYTES, inBlock, outBlock, first, rows);
    }
  }
}

/** Adds the products of a band of rows to the 4 x 8 sums of one tap. */
function addBand(
  sums: usize,
  plan: GradientPlan,
  tap: usize,
  inBlock: u32,
  outBlock: u32,
  first: u32,
  rows: u32,
): void {
  const step = plan.gradientStep;
  const xRow = inBlock * plan.inputRows + first + load<u32>(tap);
  const gRow = outBlock * plan.gradientRows + first * step + load<u32>(tap, 8);
  let x = plan.input + <usize>(xRow * plan.inputColumns + load<u32>(tap, 4)) * 16;
  let g = plan.gradient + <usize>(gRow * plan.gradientColumns + load<u32>(tap, 12)) * 32;
  const xRowBytes = <usize>plan.inputColumns * 16;
  const gRowBytes = <usize>(plan.gradientColumns * step) * 32;
  const gStep = <usize>step * 32;
  const xBytes = <usize>plan.width * 16;
  let s00 = v128.load(sums), s01 = v128.load(sums, 16), s10 = v128.load(sums, 32), s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64), s21 = v128.load(sums, 80), s30 = v128.load(sums, 96), s31 = v128.load(sums, 112);
  for (let row: u32 = 0; row < rows; row++, x += xRowBytes, g += gRowBytes) {
    const end = x + xBytes;
    let gradient = g;
    for (let input = x; input < end; input += 16, gradient += gStep) {
      const g0 = v128.load(gradient);
      const g1 = v128.load(gradient, 16);
      let value = v128.load32_splat(input);
      s00 = f32x4.add(s00, f32x4.mul(value, g0));
      s01 = f32x4.add(s01, f32x4.mul(value, g1));
      value = v128.load32_splat(input, 4);
      s10 = f32x4.add(s10, f32x4.mul(value, g0));
      s11 = f32x4.add(s11, f32x4.mul(value, g1));
      value = v128.load32_splat(input, 8);
      s20 = f32x4.add(s20, f32x4.mul(value, g0));
      s21 = f32x4.add(s21, f32x4.mul(value, g1));
      value = v128.load32_splat(input, 12);
      s30 = f32x4.add(s30, f32x4.mul(value, g0));
      s31 = f32x4.add(s31, f32x4.mul(value, g1));
    }
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
}

/** Copies the valid part of a task's sums [taps,4,8] to gradWeight [taps,I,O]. */
function storeSums(gradWeight: usize, sums: usize, plan: GradientPlan, inBlock: u32, outBlock: u32): void {
  const bytes = <usize>min<u32>(OUT_BLOCK, plan.channelsOut - outBlock * OUT_BLOCK) * 4;
  const inputs = min<u32>(IN_BLOCK, plan.channelsIn - inBlock * IN_BLOCK);
  for (let k: u32 = 0; k < plan.taps; k++) {
    for (let i: u32 = 0; i < inputs; i++) {
      const row = k * plan.channelsIn + inBlock * IN_BLOCK + i;
      const target = gradWeight + (<usize>row * plan.channelsOut + outBlock * OUT_BLOCK) * 4;
      memory.copy(target, sums + <usize>k * SUMS_BYTES + <usize>i * 32, bytes);
    }
  }
}

/** gradBias [O] = the sum of gradOut [pixels,O] over the pixels, in their order; a task is one block of 8. */
export function biasGradient(tasks: u32, gradBias: usize, gradOut: usize, pixels: u32, channels: u32): void {
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = task * OUT_BLOCK;
    if (first + OUT_BLOCK > channels) {
      for (let c = first; c < channels; c++) sumChannel(gradBias, gradOut, pixels, channels, c);
      continue;
    }
    let s0 = f32x4.splat(0), s1 = s0;
    let from = gradOut + <usize>first * 4;
    for (let p: u32 = 0; p < pixels; p++, from += <usize>channels * 4) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
    }
    v128.store(gradBias + <usize>first * 4, s0);
    v128.store(gradBias + <usize>first * 4, s1, 16);
  }
}

function sumChannel(gradBias: usize, gradOut: usize, pixels: u32, channels: u32, c: u32): void {
  let sum: f32 = 0;
  let from = gradOut + <usize>c * 4;
  for (let p: u32 = 0; p < pixels; p++, from += <usize>channels * 4) sum += load<f32>(from);
  store<f32>(gradBias + <usize>c * 4, sum);
}
