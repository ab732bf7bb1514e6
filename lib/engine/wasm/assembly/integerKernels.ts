/**
 * Layers of networks in whole numbers over several steps: a task is a band of rows (and a group of channels)
 * in all its steps. The codes that the band sees are copied with zeros around them; then currents and neurons
 * follow row by row, so that a current never leaves the cache.
 */

import { BLOCK, OFFSETS_BYTES } from '../constants';
import { denseRow, rowOffset, runOffsets, weightOffset } from './dense';
import { bandEnd, bandStart, Geometry, inputRows, Phase, phaseOf } from './geometryStructs';
import { integerNeurons } from './integerNeurons';
import { CodeSource, IntegerLayer, IntegerNeurons, IntegerPooling } from './integerStructs';
import { sumsRow } from './shortSumRows';
import { nextTask, ownScratch } from './tasks';

const BLOCK_BYTES: usize = BLOCK * 4;

/** Convolution or transposed convolution of codes, and the neurons that it drives. */
export function integerConvolution(tasks: u32, layer: IntegerLayer, scratch: usize, scratchSize: usize): void {
  const geometry = changetype<Geometry>(layer.geometry);
  const offsets = ownScratch(scratch, scratchSize);
  const currents = offsets + OFFSETS_BYTES;
  const padded = currents + <usize>geometry.gridWidth * BLOCK_BYTES;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = bandStart(geometry, task / geometry.groups);
    const end = bandEnd(geometry, task / geometry.groups);
    const firstBlock = (task % geometry.groups) * geometry.groupBlocks;
    const endBlock = min(geometry.channelsOut / BLOCK, firstBlock + geometry.groupBlocks);
    const rounds: u32 = layer.still ? 1 : layer.steps;
    for (let step: u32 = 0; step < rounds; step++) {
      copyCodes(padded, layer, geometry, first, inputRows(geometry, end - first), step);
      for (let k: u32 = 0; k < geometry.phases; k++) {
        const phase = phaseOf(geometry, k);
        runOffsets(offsets, geometry, phase);
        for (let block = firstBlock; block < endBlock; block++) {
          for (let row = first; row < end; row++) {
            const source = padded + rowOffset(geometry, row - first);
            sumProducts(currents, source, layer, geometry, phase, offsets, block);
            const y = row * geometry.outputStep + phase.offsetY;
            fire(layer, geometry, currents, step, block, y, phase.offsetX);
          }
        }
      }
    }
  }
}

/** The currents of a row, 8 output channels, by the dot product that the weights are packed for. */
// @ts-ignore: decorator
@inline
function sumProducts(
  out: usize,
  source: usize,
  layer: IntegerLayer,
  geometry: Geometry,
  phase: Phase,
  offsets: usize,
  block: u32,
): void {
  const offset = weightOffset(geometry, phase, block);
  const weights = layer.weights + offset;
  const bias = layer.bias + <usize>block * BLOCK_BYTES;
  if (layer.lengths) sumsRow(out, source, geometry, phase, offsets, weights, layer.lengths + offset / BLOCK_BYTES, bias);
  else if (layer.narrow) denseRow<i8>(out, BLOCK_BYTES, source, geometry, phase, offsets, weights, bias);
  else denseRow<i16>(out, BLOCK_BYTES, source, geometry, phase, offsets, weights, bias);
}

/** The neurons of a row in one step, or in all of them where the current stays the same. */
// @ts-ignore: decorator
@inline
function fire(
  layer: IntegerLayer,
  geometry: Geometry,
  currents: usize,
  step: u32,
  block: u32,
  y: u32,
  x: u32,
): void {
  const neurons = changetype<IntegerNeurons>(layer.neurons);
  const last = layer.still ? layer.steps - 1 : step;
  for (let t = step; t <= last; t++) {
    integerNeurons(neurons, currents, t, block, y, x, geometry.outputStep, geometry.gridWidth);
  }
}

/** `rows` rows of the joined codes of one step, from padded row `first` on, as words. */
function copyCodes(padded: usize, layer: IntegerLayer, geometry: Geometry, first: u32, rows: u32, step: u32): void {
  const pixelBytes = <usize>geometry.channelsIn * 4;
  memory.fill(padded, 0, <usize>(rows * geometry.paddedWidth) * pixelBytes);
  let part: usize = 0;
  for (let k: u32 = 0; k < layer.sourceCount; k++) {
    const source = changetype<CodeSource>(layer.sources + <usize>k * offsetof<CodeSource>());
    const codes = source.codes + <usize>step * source.stepBytes;
    const sourceBytes = <usize>source.channels * source.codeBytes;
    const widens = !layer.narrow && source.codeBytes == 1;
    for (let r = first; r < first + rows; r++) {
      const y = r - geometry.padding; // wraps to a large number above the first row
      if (y >= geometry.inputHeight) continue;
      const from = codes + <usize>(y * geometry.inputWidth) * sourceBytes;
      const to = padded + <usize>((r - first) * geometry.paddedWidth + geometry.padding) * pixelBytes + part;
      if (widens) widenRow(to, pixelBytes, from, source.channels, geometry.inputWidth);
      else copyRow(to, pixelBytes, from, sourceBytes, geometry.inputWidth);
    }
    part += widens ? sourceBytes << 1 : sourceBytes;
  }
}

function copyRow(to: usize, toStep: usize, from: usize, bytes: usize, width: u32): void {
  if (toStep == bytes) {
    memory.copy(to, from, bytes * width);
    return;
  }
  const wide = bytes & ~15;
  for (let x: u32 = 0; x < width; x++, to += toStep, from += bytes) {
    let b: usize = 0;
    for (; b < wide; b += 16) v128.store(to + b, v128.load(from + b));
    for (; b < bytes; b += 4) store<u32>(to + b, load<u32>(from + b));
  }
}

/** Codes of 8 bits as codes of 16. */
function widenRow(to: usize, toStep: usize, from: usize, channels: u32, width: u32): void {
  for (let x: u32 = 0; x < width; x++, to += toStep, from += channels) {
    for (let c: usize = 0; c < <usize>channels; c += 8) v128.store(to + (c << 1), v128.load_ext<u8>(from + c));
  }
}

/** 2x2 average pooling of codes, and its neurons. */
export function integerPooling(tasks: u32, pooling: IntegerPooling, scratch: usize, scratchSize: usize): void {
  const currents = ownScratch(scratch, scratchSize);
  const neurons = changetype<IntegerNeurons>(pooling.neurons);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    for (let step: u32 = 0; step < pooling.steps; step++) {
      for (let y = task * pooling.rows; y < min(pooling.height, (task + 1) * pooling.rows); y++) {
        for (let block: u32 = 0; block < neurons.channels / BLOCK; block++) {
          poolRow(currents, pooling, neurons.width, step, y, block);
          integerNeurons(neurons, currents, step, block, y, 0, 1, neurons.width);
        }
      }
    }
  }
}

/** The sum of four codes, times what each counts, for 8 channels of a row. */
function poolRow(currents: usize, pooling: IntegerPooling, width: u32, step: u32, y: u32, block: u32): void {
  const source = changetype<CodeSource>(pooling.source);
  const channels = source.channels;
  const down = <usize>(2 * width) * channels;
  const factor = i32x4.splat(pooling.factor);
  let codes = source.codes + <usize>step * source.stepBytes + 2 * y * down + <usize>block * BLOCK;
  for (let x: u32 = 0; x < width; x++, codes += 2 * channels, currents += BLOCK_BYTES) {
    const upper = i16x8.add(v128.load_ext<u8>(codes), v128.load_ext<u8>(codes + channels));
    const lower = i16x8.add(v128.load_ext<u8>(codes + down), v128.load_ext<u8>(codes + down + channels));
    const sum = i16x8.add(upper, lower);
    v128.store(currents, i32x4.mul(i32x4.extend_low_i16x8_u(sum), factor));
    v128.store(currents, i32x4.mul(i32x4.extend_high_i16x8_u(sum), factor), 16);
  }
}
