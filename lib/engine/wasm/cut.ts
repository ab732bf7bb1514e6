/** How a kernel call is cut into tasks. It decides about speed only: no sum is ever split. */

import { type Cut, type Geometry, multiplications } from './geometry.js';

/** Bytes of input that a task works on: they stay in the cache of its core. */
const BAND_BYTES = 192 * 1024;
/** Tasks for each thread, so that none waits long for the others at the end. */
const TASKS_PER_THREAD = 4;
/** With fewer products than this a call is not worth waking other threads. */
const SMALLEST_TASK = 150_000;

/**
 * Cuts into bands of rows if the input is larger than the weights, or into groups of output channels if the
 * weights are (deep in the network): the larger one is then read once.
 */
export function cutGrid(geometry: Geometry, block: number, threads: number): Cut {
  const { gridHeight, inputHeight, paddedWidth, channelsIn, channelsOut, inputStep } = geometry;
  const blocks = Math.ceil(channelsOut / block);
  const work = multiplications(geometry);
  const wanted = threads === 1 ? 1 : Math.min(TASKS_PER_THREAD * threads, Math.ceil(work / SMALLEST_TASK));
  const rowBytes = paddedWidth * channelsIn * 4;
  const inputBytes = inputHeight * rowBytes;
  const weightBytes = (work / (gridHeight * geometry.gridWidth)) * 4;
  if (weightBytes > inputBytes && blocks >= wanted) {
    const groupBlocks = Math.ceil(blocks / wanted);
    return { bandRows: gridHeight, bands: 1, groupBlocks, groups: Math.ceil(blocks / groupBlocks) };
  }
  const forCache = Math.max(2, Math.floor(BAND_BYTES / (rowBytes * inputStep)));
  const bandRows = Math.max(1, Math.min(forCache, Math.ceil(gridHeight / wanted)));
  return { bandRows, bands: Math.ceil(gridHeight / bandRows), groupBlocks: blocks, groups: 1 };
}

/** Values of a pixelwise kernel that are one task. */
export function chunkOf(count: number, threads: number): number {
  const smallest = 16384;
  return Math.max(smallest, Math.ceil(count / (TASKS_PER_THREAD * threads) / 4) * 4);
}

/** How many inner pieces are one task, of `outer` x `inner` small pieces. */
export function groupOf(outer: number, inner: number, threads: number): number {
  return Math.min(inner, Math.ceil((outer * inner) / (TASKS_PER_THREAD * threads)));
}
