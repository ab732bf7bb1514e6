/**
 * The dense convolution. The inner kernel keeps 4 pixels x 8 output channels in registers: for each input
 * channel of each tap it reads 8 weights and 4 inputs and makes 32 products. Lanes hold different output
 * channels, so every sum has the order (ky, kx, ci) of the contract. Weights are packed [O/8][tap][I][8].
 * Bytes have 6 pixels: a dot product that adds has a sum ready after five cycles, and starts two each cycle.
 */

import { BLOCK, MOST_PIXELS, OFFSETS_BYTES } from '../constants';
import { bandEnd, bandStart, Geometry, inputRows, Phase, phaseOf, runOf } from './geometryStructs';
import { addProducts } from './products';
import { nextTask, ownScratch } from './tasks';

const BLOCK_BYTES: usize = BLOCK * 4;

/** out [H,W,O] = bias + sum over the taps of input x weight, as the geometry says. */
export function denseConvolution(
  tasks: u32,
  geometry: Geometry,
  out: usize,
  input: usize,
  weights: usize,
  bias: usize,
  scratch: usize,
  scratchSize: usize,
): void {
  const own = ownScratch(scratch, scratchSize);
  const padded = own + OFFSETS_BYTES + tailBytes(geometry);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = bandStart(geometry, task / geometry.groups);
    const end = bandEnd(geometry, task / geometry.groups);
    copyPadded(padded, input, geometry, first * geometry.inputStep, inputRows(geometry, end - first));
    for (let k: u32 = 0; k < geometry.phases; k++) {
      const phase = phaseOf(geometry, k);
      runOffsets(own, geometry, phase);
      const blocks = (geometry.channelsOut + BLOCK - 1) / BLOCK;
      const firstBlock = (task % geometry.groups) * geometry.groupBlocks;
      const endBlock = min(blocks, firstBlock + geometry.groupBlocks);
      for (let block = firstBlock; block < endBlock; block++) {
        const blockWeights = weights + weightOffset(geometry, phase, block);
        for (let row = first; row < end; row++) {
          const source = padded + rowOffset(geometry, row - first);
          outputRow(out, own, geometry, phase, row, block, source, blockWeights, bias);
        }
      }
    }
  }
}

/** One row of one block: directly into the output, or through the scratch if the block is not full. */
function outputRow(
  out: usize,
  own: usize,
  geometry: Geometry,
  phase: Phase,
  row: u32,
  block: u32,
  source: usize,
  weights: usize,
  bias: usize,
): void {
  const channels = geometry.channelsOut;
  const y = row * geometry.outputStep + phase.offsetY;
  const pixel = y * geometry.outputWidth + phase.offsetX;
  const target = out + (<usize>pixel * channels + block * BLOCK) * 4;
  const targetStep = <usize>geometry.outputStep * channels * 4;
  const count = min<u32>(BLOCK, channels - block * BLOCK);
  const blockBias = bias + <usize>block * BLOCK_BYTES;
  if (count == BLOCK) {
    denseRow<f32>(target, targetStep, source, geometry, phase, own, weights, blockBias);
    return;
  }
  const tail = own + OFFSETS_BYTES;
  denseRow<f32>(tail, BLOCK_BYTES, source, geometry, phase, own, weights, blockBias);
  for (let x: u32 = 0; x < geometry.gridWidth; x++) {
    memory.copy(target + <usize>x * targetStep, tail + <usize>x * BLOCK_BYTES, <usize>count * 4);
  }
}

/**
 * 8 output channels of one grid row; `offsets` holds the byte offset of each run of taps. An input is a word
 * of 32 bits: a float32 (T = f32), or several whole numbers of type T (products.ts).
 */
export function denseRow<T>(
  out: usize,
  outStep: usize,
  source: usize,
  geometry: Geometry,
  phase: Phase,
  offsets: usize,
  weights: usize,
  bias: usize,
): void {
  const runs = phase.runs;
  const tapWeights = <usize>geometry.channelsIn * BLOCK_BYTES;
  const step = <usize>geometry.inputStep * geometry.channelsIn * 4;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  for (let left: i32 = geometry.gridWidth; left > 0; left -= pixelsOf<T>()) {
    let s00 = bias0, s01 = bias1, s10 = bias0, s11 = bias1;
    let s20 = bias0, s21 = bias1, s30 = bias0, s31 = bias1;
    let s40 = bias0, s41 = bias1, s50 = bias0, s51 = bias1;
    let w = weights;
    for (let k: u32 = 0; k < runs; k++) {
      let x0 = source + <usize>load<u32>(offsets + (<usize>k << 2));
      let x1 = x0 + step;
      let x2 = x1 + step;
      let x3 = x2 + step;
      let x4 = x3 + step;
      let x5 = x4 + step;
      const end = w + <usize>runOf(phase, k).count * tapWeights;
      while (w < end) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        let x = v128.load32_splat(x0);
        s00 = addProducts<T>(s00, w0, x);
        s01 = addProducts<T>(s01, w1, x);
        x = v128.load32_splat(x1);
        s10 = addProducts<T>(s10, w0, x);
        s11 = addProducts<T>(s11, w1, x);
        x = v128.load32_splat(x2);
        s20 = addProducts<T>(s20, w0, x);
        s21 = addProducts<T>(s21, w1, x);
        x = v128.load32_splat(x3);
        s30 = addProducts<T>(s30, w0, x);
        s31 = addProducts<T>(s31, w1, x);
        if (pixelsOf<T>() > 4) {
          x = v128.load32_splat(x4);
          s40 = addProducts<T>(s40, w0, x);
          s41 = addProducts<T>(s41, w1, x);
          x = v128.load32_splat(x5);
          s50 = addProducts<T>(s50, w0, x);
          s51 = addProducts<T>(s51, w1, x);
          x4 += 4; x5 += 4;
        }
        x0 += 4; x1 += 4; x2 += 4; x3 += 4;
        w += BLOCK_BYTES;
      }
    }
    store8(out, s00, s01);
    if (left > 1) store8(out + outStep, s10, s11);
    if (left > 2) store8(out + 2 * outStep, s20, s21);
    if (left > 3) store8(out + 3 * outStep, s30, s31);
    if (pixelsOf<T>() > 4) {
      if (left > 4) store8(out + 4 * outStep, s40, s41);
      if (left > 5) store8(out + 5 * outStep, s50, s51);
    }
    out += <usize>pixelsOf<T>() * outStep;
    source += <usize>pixelsOf<T>() * step;
  }
}

/** Pixels whose sums stay in registers. */
// @ts-ignore: decorator
@inline
function pixelsOf<T>(): i32 {
  return sizeof<T>() == 1 ? <i32>MOST_PIXELS : 4;
}

// @ts-ignore: decorator
@inline
function store8(out: usize, low: v128, high: v128): void {
  v128.store(out, low);
  v128.store(out, high, 16);
}

/** Byte offset of a block's weights of one phase. */
// @ts-ignore: decorator
@inline
export function weightOffset(geometry: Geometry, phase: Phase, block: u32): usize {
  const channels = <usize>geometry.channelsIn * BLOCK_BYTES;
  const blocks = (geometry.channelsOut + BLOCK - 1) / BLOCK;
  return (<usize>phase.firstTap * blocks + <usize>block * phase.taps) * channels;
}

/** Byte offset of the first value that grid row `row` of a band reads. */
// @ts-ignore: decorator
@inline
export function rowOffset(geometry: Geometry, row: u32): usize {
  return <usize>(row * geometry.inputStep * geometry.paddedWidth) * geometry.channelsIn * 4;
}

/** Writes the byte offset of each run of a phase: the inputs of its taps follow one another in memory. */
export function runOffsets(offsets: usize, geometry: Geometry, phase: Phase): void {
  for (let k: u32 = 0; k < phase.runs; k++) {
    const run = runOf(phase, k);
    const pixel = run.row * geometry.paddedWidth + run.column;
    store<u32>(offsets + (<usize>k << 2), pixel * geometry.channelsIn * 4);
  }
}

// @ts-ignore: decorator
@inline
function tailBytes(geometry: Geometry): usize {
  return <usize>geometry.gridWidth * BLOCK_BYTES;
}

/** `rows` rows of the padded input, from padded row `first` on. */
function copyPadded(padded: usize, input: usize, geometry: Geometry, first: u32, rows: u32): void {
  const channelBytes = <usize>geometry.channelsIn * 4;
  const inputBytes = <usize>geometry.inputWidth * channelBytes;
  const paddedBytes = <usize>geometry.paddedWidth * channelBytes;
  const leftBytes = <usize>geometry.padding * channelBytes;
  for (let r = first; r < first + rows; r++, padded += paddedBytes) {
    const y = r - geometry.padding; // wraps to a large number above the first row
    if (y >= geometry.inputHeight) {
      memory.fill(padded, 0, paddedBytes);
      continue;
    }
    memory.fill(padded, 0, leftBytes);
    memory.copy(padded + leftBytes, input + <usize>y * inputBytes, inputBytes);
    const used = leftBytes + inputBytes;
    memory.fill(padded + used, 0, paddedBytes - used);
  }
}
