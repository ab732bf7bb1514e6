/**
 * What convolutions, transposed convolutions and their gradients with respect to the input share: every pixel
 * of a grid sums taps, each of which reads one pixel of a zero-padded input. A transposed convolution is four
 * such grids (phases), one for each parity of the output's row and column. geometry.ts of the folder above
 * fills them in; the fields are 32-bit integers in this order.
 */

import { MOST_TAPS } from '../constants';

@unmanaged
export class Geometry {
  gridHeight: u32;
  gridWidth: u32;
  /** The input, [inputHeight,inputWidth,channelsIn]. */
  inputHeight: u32;
  inputWidth: u32;
  channelsIn: u32;
  /** Zeros before the first row and the first column; after the last ones there are as many as are read. */
  padding: u32;
  paddedWidth: u32;
  /** Input pixels from one grid pixel to the next. */
  inputStep: u32;
  /** Rows of the padded input that one row of the grid reads. */
  reach: u32;
  /** Output pixels from one grid pixel to the next, and in a row of the output. */
  outputStep: u32;
  outputWidth: u32;
  channelsOut: u32;
  /** How the work is cut: bands of `bandRows` grid rows, times groups of `groupBlocks` blocks of channels. */
  bandRows: u32;
  bands: u32;
  groupBlocks: u32;
  groups: u32;
  phases: u32;
}

/** Phases follow the geometry in memory. */
@unmanaged
export class Phase {
  offsetY: u32;
  offsetX: u32;
  /** Index of its first tap among the packed weights' taps. */
  firstTap: u32;
  taps: u32;
  /** Runs of taps that read neighbouring pixels of one row from left to right. */
  runs: u32;
}

const GEOMETRY_BYTES: usize = offsetof<Geometry>();
const PHASE_HEAD_BYTES: usize = offsetof<Phase>();
/** A `Run` for each of up to nine runs. */
const RUN_BYTES: usize = offsetof<Run>();
const PHASE_BYTES: usize = PHASE_HEAD_BYTES + <usize>MOST_TAPS * RUN_BYTES;

/** Row and column of the first of its taps, and how many it has. */
@unmanaged
export class Run {
  row: u32;
  column: u32;
  count: u32;
}

// @ts-ignore: decorator
@inline
export function phaseOf(geometry: Geometry, index: u32): Phase {
  return changetype<Phase>(changetype<usize>(geometry) + GEOMETRY_BYTES + <usize>index * PHASE_BYTES);
}

// @ts-ignore: decorator
@inline
export function runOf(phase: Phase, index: u32): Run {
  return changetype<Run>(changetype<usize>(phase) + PHASE_HEAD_BYTES + <usize>index * RUN_BYTES);
}

/** First row of a band, and the row after its last. */
// @ts-ignore: decorator
@inline
export function bandStart(geometry: Geometry, band: u32): u32 {
  return band * geometry.bandRows;
}

// @ts-ignore: decorator
@inline
export function bandEnd(geometry: Geometry, band: u32): u32 {
  return min(geometry.gridHeight, (band + 1) * geometry.bandRows);
}

/** Rows of the padded input that a band of `rows` grid rows reads. */
// @ts-ignore: decorator
@inline
export function inputRows(geometry: Geometry, rows: u32): u32 {
  return (rows - 1) * geometry.inputStep + geometry.reach;
}
