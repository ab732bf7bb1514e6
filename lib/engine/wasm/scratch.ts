/** Bytes of scratch memory that each thread needs in the kernels of assembly/. */

import {
  BAND_BYTES,
  BLOCK,
  EVENT_BYTES,
  MOST_PHASES,
  MOST_PIXELS,
  OFFSETS_BYTES,
  PAIR_BYTES,
  RUNS_BYTES,
  WIDE_BLOCK,
} from './constants.js';
import type { Cut, Geometry } from './geometry.js';

const FLOAT = 4;

/** Bytes for denseConvolution: offsets, the row of a block that is not full, and a padded band. */
export function denseScratch(geometry: Geometry, cut: Cut): number {
  return OFFSETS_BYTES + geometry.gridWidth * BLOCK * FLOAT + paddedBand(geometry, cut);
}

/** Bytes for integerConvolution: offsets, the currents of a row, and a padded band. */
export function integerScratch(geometry: Geometry, cut: Cut): number {
  return OFFSETS_BYTES + geometry.gridWidth * BLOCK * FLOAT + paddedBand(geometry, cut);
}

/** Bytes for eventConvolution: runs, the currents of a row, and the events of a band. */
export function eventScratch(geometry: Geometry, cut: Cut): number {
  return RUNS_BYTES + geometry.gridWidth * WIDE_BLOCK * FLOAT + eventBand(geometry, cut, EVENT_BYTES);
}

/**
 * Bytes for spikingConvolution: offsets and runs of all phases, the currents of a row in two steps, and the
 * larger of both bands.
 */
export function spikingScratch(geometry: Geometry, cut: Cut): number {
  const currents = 2 * geometry.gridWidth * geometry.outputStep * WIDE_BLOCK * FLOAT;
  const band = Math.max(paddedBand(geometry, cut), eventBand(geometry, cut, PAIR_BYTES));
  return BAND_BYTES + MOST_PHASES * (RUNS_BYTES + OFFSETS_BYTES) + currents + band;
}

function paddedBand(geometry: Geometry, cut: Cut): number {
  const { paddedWidth, channelsIn, inputStep } = geometry;
  const beyond = MOST_PIXELS * inputStep; // that are read but not used, if the last tile of a row is not full
  return (inputRows(geometry, cut) * paddedWidth + beyond) * channelsIn * FLOAT;
}

/** Bytes for the addresses of the first events of all pixels, and for the largest number of events. */
function eventBand(geometry: Geometry, cut: Cut, eventBytes: number): number {
  const { inputWidth, paddedWidth, channelsIn } = geometry;
  const rows = inputRows(geometry, cut);
  return rows * (paddedWidth + 1) * FLOAT + 8 + rows * inputWidth * channelsIn * eventBytes;
}

function inputRows(geometry: Geometry, cut: Cut): number {
  return (Math.min(cut.bandRows, geometry.gridHeight) - 1) * geometry.inputStep + geometry.reach;
}
