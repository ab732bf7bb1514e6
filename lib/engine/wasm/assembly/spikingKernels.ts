/**
 * A layer of spiking neurons over several steps at once: a task is a band of rows (and a group of channels)
 * in all its steps, so that its weights and membranes stay in the cache. For every two steps it lists the
 * spikes that the band sees, computes currents from them (or densely, where that is faster), and lets the
 * neurons fire. The bits are the same either way.
 */

import { BLOCK, MOST_PHASES, OFFSETS_BYTES, RUNS_BYTES, WIDE_BLOCK } from '../constants';
import { denseRow, rowOffset, runOffsets, weightOffset } from './dense';
import { listCodePairs, SpikeSource } from './events';
import {
  BLOCK_BYTES,
  eventsAfter,
  gatherPair,
  phaseRuns,
  startsOffset,
  wideWeightOffset,
} from './gather';
import { bandEnd, bandStart, Geometry, inputRows, phaseOf } from './geometryStructs';
import { Population, updateRow, weightedSpikes } from './neuronKernels';
import { nextTask, ownScratch } from './tasks';

@unmanaged
export class SpikingLayer {
  geometry: usize;
  /** One or two `SpikeSource`, one after the other. */
  sources: usize;
  sourceCount: u32;
  /** Packed in blocks of 16, or of 8 for the dense kernel; and biases padded to 16. */
  weights: usize;
  bias: usize;
  population: usize;
  steps: u32;
  /** Whether to compute it densely. */
  dense: u32;
}

/** The plan of a band, at the start of a thread's scratch. */
@unmanaged
class Band {
  first: u32;
  end: u32;
  /** Blocks of output channels. */
  firstBlock: u32;
  endBlock: u32;
  step: u32;
  /** The next step, or the same step if there is none. */
  second: u32;
  /** For each phase: its runs, and the offsets of its taps. */
  runs: usize;
  offsets: usize;
  /** A row of currents for each of the two steps. */
  current: usize;
  secondCurrent: usize;
  /** Events, or a padded dense tensor. */
  input: usize;
}

/** Convolution or transposed convolution of spikes, and the neurons that it drives. */
export function spikingConvolution(tasks: u32, layer: SpikingLayer, scratch: usize, scratchSize: usize): void {
  const geometry = changetype<Geometry>(layer.geometry);
  const band = newBand(geometry, ownScratch(scratch, scratchSize));
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    band.first = bandStart(geometry, task / geometry.groups);
    band.end = bandEnd(geometry, task / geometry.groups);
    band.firstBlock = (task % geometry.groups) * geometry.groupBlocks;
    band.endBlock = min(geometry.channelsOut / WIDE_BLOCK, band.firstBlock + geometry.groupBlocks);
    for (let step: u32 = 0; step < layer.steps; step += 2) {
      band.step = step;
      band.second = min(step + 1, layer.steps - 1);
      if (!layer.dense) {
        listBand(layer, geometry, band);
        eventBand(layer, geometry, band);
        continue;
      }
      denseBand(layer, geometry, band, band.step);
      if (band.second > band.step) denseBand(layer, geometry, band, band.second);
    }
  }
}

function newBand(geometry: Geometry, own: usize): Band {
  const band = changetype<Band>(own);
  const rowBytes = <usize>(geometry.gridWidth * geometry.outputStep) * BLOCK_BYTES;
  band.runs = own + offsetof<Band>();
  band.offsets = band.runs + MOST_PHASES * RUNS_BYTES;
  band.current = band.offsets + MOST_PHASES * OFFSETS_BYTES;
  band.secondCurrent = band.current + rowBytes;
  band.input = band.secondCurrent + rowBytes;
  for (let k: u32 = 0; k < geometry.phases; k++) {
    phaseRuns(band.runs + <usize>k * RUNS_BYTES, geometry, phaseOf(geometry, k));
    runOffsets(band.offsets + <usize>k * OFFSETS_BYTES, geometry, phaseOf(geometry, k));
  }
  return band;
}

/** Lists the spikes that a band sees in two steps. */
function listBand(layer: SpikingLayer, geometry: Geometry, band: Band): void {
  const rows = inputRows(geometry, band.end - band.first);
  const events = eventsAfter(band.input, geometry, rows);
  listCodePairs(
    events,
    band.input,
    layer.sources,
    layer.sourceCount,
    band.step,
    band.second,
    geometry,
    band.first,
    rows,
  );
}

/** The neurons of a band from its events, block by block of channels. */
function eventBand(layer: SpikingLayer, geometry: Geometry, band: Band): void {
  const population = changetype<Population>(layer.population);
  const outStep = geometry.outputStep;
  for (let block = band.firstBlock; block < band.endBlock; block++) {
    for (let row = band.first; row < band.end; row++) {
      const starts = band.input + startsOffset(geometry, row - band.first);
      for (let offsetY: u32 = 0; offsetY < outStep; offsetY++) {
        for (let offsetX: u32 = 0; offsetX < outStep; offsetX++) {
          const k = offsetY * outStep + offsetX;
          const phase = phaseOf(geometry, k);
          const from = <usize>offsetX * BLOCK_BYTES;
          gatherPair(
            band.current + from,
            band.secondCurrent + from,
            outStep * <u32>BLOCK_BYTES,
            starts,
            geometry,
            phase,
            band.runs + <usize>k * RUNS_BYTES,
            layer.weights + wideWeightOffset(geometry, phase, block),
            layer.bias + <usize>block * BLOCK_BYTES,
          );
        }
        const y = row * outStep + offsetY;
        updateRow(population, band.current, BLOCK_BYTES, band.step, block, y);
        if (band.second > band.step) {
          updateRow(population, band.secondCurrent, BLOCK_BYTES, band.second, block, y);
        }
      }
    }
  }
}

/** The neurons of a band from its dense input in one step, block by block of channels. */
function denseBand(layer: SpikingLayer, geometry: Geometry, band: Band, step: u32): void {
  const population = changetype<Population>(layer.population);
  const rows = inputRows(geometry, band.end - band.first);
  expandBand(layer, geometry, band.input, band.first, rows, step);
  for (let block = band.firstBlock; block < band.endBlock; block++) {
    for (let row = band.first; row < band.end; row++) {
      const source = band.input + rowOffset(geometry, row - band.first);
      for (let offsetY: u32 = 0; offsetY < geometry.outputStep; offsetY++) {
        denseCurrents(layer, geometry, band, block, offsetY, source);
        const y = row * geometry.outputStep + offsetY;
        updateRow(population, band.current, BLOCK_BYTES, step, block, y);
      }
    }
  }
}

/** The currents of one block in row `offsetY` of those that a grid row computes. */
function denseCurrents(
  layer: SpikingLayer,
  geometry: Geometry,
  band: Band,
  block: u32,
  offsetY: u32,
  source: usize,
): void {
  const outStep = geometry.outputStep;
  for (let offsetX: u32 = 0; offsetX < outStep; offsetX++) {
    const k = offsetY * outStep + offsetX;
    const phase = phaseOf(geometry, k);
    const taps = band.offsets + <usize>k * OFFSETS_BYTES;
    for (let half: u32 = 0; half < 2; half++) {
      const out = band.current + <usize>offsetX * BLOCK_BYTES + <usize>half * BLOCK * 4;
      const weights = layer.weights + weightOffset(geometry, phase, 2 * block + half);
      const bias = layer.bias + <usize>block * BLOCK_BYTES + <usize>half * BLOCK * 4;
      denseRow<f32>(out, <usize>outStep * BLOCK_BYTES, source, geometry, phase, taps, weights, bias);
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
          const values = weightedSpikes(codes + c, source.spikeValues, source.thresholdCount);
          v128.store(target, values);
        }
      }
    }
  }
}

/** The first layer: the same current [H,W,C] in every step. `rows` rows are one task. */
export function spikingInput(tasks: u32, population: Population, current: usize, steps: u32, rows: u32): void {
  const rowBytes = <usize>population.width * population.channels * 4;
  const height = population.height;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    for (let step: u32 = 0; step < steps; step++) {
      for (let y = task * rows; y < min(height, (task + 1) * rows); y++) {
        for (let block: u32 = 0; block < population.channels / WIDE_BLOCK; block++) {
          const from = current + <usize>y * rowBytes + <usize>block * BLOCK_BYTES;
          updateRow(population, from, <usize>population.channels * 4, step, block, y);
        }
      }
    }
  }
}

/** 2x2 average pooling of spikes, and its neurons; `rows` rows of the output are one task. */
export function spikingPooling(
  tasks: u32,
  population: Population,
  source: SpikeSource,
  steps: u32,
  rows: u32,
  scratch: usize,
  scratchSize: usize,
): void {
  const current = ownScratch(scratch, scratchSize);
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    for (let step: u32 = 0; step < steps; step++) {
      for (let y = task * rows; y < min(population.height, (task + 1) * rows); y++) {
        for (let block: u32 = 0; block < population.channels / WIDE_BLOCK; block++) {
          poolRow(population, source, current, step, y, block);
          updateRow(population, current, BLOCK_BYTES, step, block, y);
        }
      }
    }
  }
}

/** 0.25 * (((a + b) + c) + d) for 16 channels of a row; if no input fired, nothing is added. */
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
  const values = source.spikeValues;
  const count = source.thresholdCount;
  for (let x: u32 = 0; x < population.width; x++, codes += 2 * channels, current += BLOCK_BYTES) {
    const right = codes + channels;
    const upper = v128.or(v128.load(codes), v128.load(right));
    const lower = v128.or(v128.load(codes + down), v128.load(right + down));
    if (!v128.any_true(v128.or(upper, lower))) {
      memory.fill(current, 0, BLOCK_BYTES);
      continue;
    }
    for (let c: usize = 0; c < 16; c += 4) {
      let sum = f32x4.add(weightedSpikes(codes + c, values, count), weightedSpikes(right + c, values, count));
      sum = f32x4.add(sum, weightedSpikes(codes + down + c, values, count));
      sum = f32x4.add(sum, weightedSpikes(right + down + c, values, count));
      v128.store(current + (c << 2), f32x4.mul(sum, f32x4.splat(0.25)));
    }
  }
}
