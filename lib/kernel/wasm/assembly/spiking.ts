/**
 * A layer of spiking neurons over several steps at once: a task is a band of rows (and a group of channels) in all
 * its steps, so that its weights and membranes stay in the cache. In each step it lists the spikes that the band
 * sees, computes currents from them (or densely, where there are so many that this is faster), and lets the neurons
 * fire. The bits do not depend on the way.
 */

import { BLOCK, denseRow, rowOffset, tapOffsets, weightOffset } from './dense';
import { EVENT_BYTES, listCodes, SpikeSource, startsInRow } from './events';
import { eventsBehind, gatherRow, phaseRuns, RUNS_BYTES, startsOffset, WIDE_BLOCK, wideWeightOffset } from './gather';
import { bandEnd, bandStart, Geometry, inputRows, Phase, phaseOf } from './geometry';
import { Population, updateRow, weightedSpikes } from './neuron';
import { nextTask, ownScratch } from './tasks';

@unmanaged
export class SpikingLayer {
  geometry: usize;
  /** One or two `SpikeSource`, side by side. */
  sources: usize;
  sourceCount: u32;
  /** Weights packed in blocks of 16 and of 8, and biases padded to 16. */
  wideWeights: usize;
  weights: usize;
  bias: usize;
  population: usize;
  steps: u32;
  /** Above this fraction of non-zero inputs the dense kernel is faster; below 0: always dense. */
  denseAbove: f32;
}

const BLOCK_BYTES: usize = 64;

/** A thread's scratch holds runs or tap offsets, the current of a row, and a band of events or of dense input. */
// @ts-ignore: decorator
@inline
function currentIn(own: usize): usize {
  return own + RUNS_BYTES;
}

// @ts-ignore: decorator
@inline
function bandIn(own: usize, geometry: Geometry): usize {
  return own + RUNS_BYTES + <usize>geometry.gridWidth * BLOCK_BYTES;
}

/** Convolution or transposed convolution of spikes, and the neurons behind it. */
export function spikingConvolution(tasks: u32, address: usize, scratch: usize, scratchSize: usize): void {
  const layer = changetype<SpikingLayer>(address);
  const geometry = changetype<Geometry>(layer.geometry);
  const own = ownScratch(scratch, scratchSize);
  const band = bandIn(own, geometry);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = bandStart(geometry, task / geometry.groups);
    const end = bandEnd(geometry, task / geometry.groups);
    const rows = inputRows(geometry, end - first);
    for (let step: u32 = 0; step < layer.steps; step++) {
      const dense = !listBand(layer, geometry, band, first, rows, step);
      if (dense) expandBand(layer, geometry, band, first, rows, step);
      for (let k: u32 = 0; k < geometry.phases; k++) {
        computePhase(layer, geometry, phaseOf(geometry, k), own, dense, first, end, task % geometry.groups, step);
      }
    }
  }
}

/** Lists the spikes of a band; false where the dense kernel shall be used. */
function listBand(
  layer: SpikingLayer,
  geometry: Geometry,
  band: usize,
  first: u32,
  rows: u32,
  step: u32,
): bool {
  if (layer.denseAbove < 0) return false;
  const events = eventsBehind(band, geometry, rows);
  const values = changetype<Population>(layer.population).values;
  const end = listCodes(events, band, layer.sources, layer.sourceCount, step, values, geometry, first, rows);
  const size = <f32>(rows * geometry.inputWidth * geometry.channelsIn);
  return <f32>((end - events) / EVENT_BYTES) <= layer.denseAbove * size;
}

/** The current of a band's rows, channel block by channel block, and its neurons. */
function computePhase(
  layer: SpikingLayer,
  geometry: Geometry,
  phase: Phase,
  own: usize,
  dense: bool,
  first: u32,
  end: u32,
  group: u32,
  step: u32,
): void {
  const population = changetype<Population>(layer.population);
  const current = currentIn(own);
  const band = bandIn(own, geometry);
  const n = geometry.gridWidth;
  if (dense) tapOffsets(own, geometry, phase);
  else phaseRuns(own, geometry, phase);
  const blocks = geometry.channelsOut / WIDE_BLOCK;
  const firstBlock = group * geometry.groupBlocks;
  const endBlock = min(blocks, firstBlock + geometry.groupBlocks);
  for (let block = firstBlock; block < endBlock; block++) {
    const bias = layer.bias + <usize>block * BLOCK_BYTES;
    for (let row = first; row < end; row++) {
      if (dense) {
        const source = band + rowOffset(geometry, row - first);
        for (let half: u32 = 0; half < 2; half++) {
          const weights = layer.weights + weightOffset(geometry, phase, 2 * block + half);
          const shift = <usize>half * BLOCK * 4;
          denseRow(current + shift, BLOCK_BYTES, source, geometry, phase, own, weights, bias + shift);
        }
      } else {
        const weights = layer.wideWeights + wideWeightOffset(geometry, phase, block);
        gatherRow(current, band + startsOffset(geometry, row - first), geometry, phase, own, weights, bias);
      }
      const y = row * geometry.outputStep + phase.offsetY;
      updateRow(population, current, BLOCK_BYTES, step, block, y, phase.offsetX, geometry.outputStep, n);
    }
  }
}

/** The spikes of a band as a padded dense tensor. */
function expandBand(
  layer: SpikingLayer,
  geometry: Geometry,
  band: usize,
  first: u32,
  rows: u32,
  step: u32,
): void {
  const population = changetype<Population>(layer.population);
  memory.fill(band, 0, <usize>(rows * geometry.paddedWidth) * geometry.channelsIn * 4);
  for (let r = first; r < first + rows; r++) {
    const y = r - geometry.padding;
    if (y >= geometry.inputHeight) continue;
    for (let x: u32 = 0; x < geometry.inputWidth; x++) {
      const pixel = (r - first) * geometry.paddedWidth + x + geometry.padding;
      let target = band + (<usize>pixel * geometry.channelsIn) * 4;
      for (let k: u32 = 0; k < layer.sourceCount; k++) {
        const source = changetype<SpikeSource>(layer.sources + <usize>k * offsetof<SpikeSource>());
        const place = <usize>(y * geometry.inputWidth + x) * source.channels;
        const codes = source.codes + <usize>step * source.stepBytes + place;
        for (let c: usize = 0; c < <usize>source.channels; c += 4, target += 16) {
          const values = weightedSpikes(codes + c, population.thresholds, population.thresholdCount);
          v128.store(target, values);
        }
      }
    }
  }
}

/** The first layer: the same current [H,W,C] in every step. `rows` rows are one task. */
export function spikingInput(tasks: u32, address: usize, current: usize, steps: u32, rows: u32): void {
  const population = changetype<Population>(address);
  const rowBytes = <usize>population.width * population.channels * 4;
  const height = population.height;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    for (let step: u32 = 0; step < steps; step++) {
      for (let y = task * rows; y < min(height, (task + 1) * rows); y++) {
        for (let block: u32 = 0; block < population.channels / WIDE_BLOCK; block++) {
          const from = current + <usize>y * rowBytes + <usize>block * BLOCK_BYTES;
          updateRow(population, from, <usize>population.channels * 4, step, block, y, 0, 1, population.width);
        }
      }
    }
  }
}

/** 2x2 average pooling of spikes, and its neurons; `rows` rows of the output are one task. */
export function spikingPooling(
  tasks: u32,
  address: usize,
  source: usize,
  steps: u32,
  rows: u32,
  scratch: usize,
  scratchSize: usize,
): void {
  const population = changetype<Population>(address);
  const current = ownScratch(scratch, scratchSize);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    for (let step: u32 = 0; step < steps; step++) {
      for (let y = task * rows; y < min(population.height, (task + 1) * rows); y++) {
        for (let block: u32 = 0; block < population.channels / WIDE_BLOCK; block++) {
          poolRow(population, changetype<SpikeSource>(source), current, step, y, block);
          updateRow(population, current, BLOCK_BYTES, step, block, y, 0, 1, population.width);
        }
      }
    }
  }
}

/** 0.25 * (((a + b) + c) + d) for 16 channels of a row; where no input fired there is nothing to add. */
function poolRow(
  population: Population,
  source: SpikeSource,
  current: usize,
  step: u32,
  y: u32,
  block: u32,
): void {
  const channels = source.channels;
  const down = <usize>(2 * population.width) * channels;
  let codes = source.codes + <usize>step * source.stepBytes + 2 * y * down + <usize>block * WIDE_BLOCK;
  const thresholds = population.thresholds;
  const count = population.thresholdCount;
  for (let x: u32 = 0; x < population.width; x++, codes += 2 * channels, current += BLOCK_BYTES) {
    const right = codes + channels;
    const upper = v128.or(v128.load(codes), v128.load(right));
    const lower = v128.or(v128.load(codes + down), v128.load(right + down));
    if (!v128.any_true(v128.or(upper, lower))) {
      memory.fill(current, 0, BLOCK_BYTES);
      continue;
    }
    for (let c: usize = 0; c < 16; c += 4) {
      let sum = f32x4.add(weightedSpikes(codes + c, thresholds, count), weightedSpikes(right + c, thresholds, count));
      sum = f32x4.add(sum, weightedSpikes(codes + down + c, thresholds, count));
      sum = f32x4.add(sum, weightedSpikes(right + down + c, thresholds, count));
      v128.store(current + (c << 2), f32x4.mul(sum, f32x4.splat(0.25)));
    }
  }
}
