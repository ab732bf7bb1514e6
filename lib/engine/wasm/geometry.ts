/**
 * Convolutions, transposed convolutions and their gradients with respect to the input as one kind of sum over
 * taps; see assembly/geometryStructs.ts for what the fields mean.
 */

import type { ConvDims, ConvTransposeDims } from '../kernels/contract.js';
import { MOST_TAPS } from './constants.js';
import { onceFor } from './onceFor.js';
import { wordsOf } from './words.js';

/** A pixel of the padded input, and the tap (ky * 3 + kx) of the weights that reads it. */
interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** A grid of output pixels that read alike. */
interface Phase {
  readonly offsetY: number;
  readonly offsetX: number;
  /** In the order of the sum. */
  readonly taps: readonly Tap[];
}

export interface Geometry {
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly channelsIn: number;
  readonly padding: number;
  readonly paddedWidth: number;
  readonly inputStep: number;
  readonly reach: number;
  readonly outputStep: number;
  readonly channelsOut: number;
  readonly phases: readonly Phase[];
}

/** How the work is cut into tasks: bands of grid rows, times groups of blocks of output channels. */
export interface Cut {
  readonly bandRows: number;
  readonly bands: number;
  readonly groupBlocks: number;
  readonly groups: number;
}

const KERNEL = [0, 1, 2];

/** conv2dForward: output pixel (y, x) reads padded input (y + ky, x + kx). */
export const convolution = onceFor((dims: ConvDims): Geometry => {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const padding = (kernel - 1) / 2;
  const shape = { gridHeight: height, gridWidth: width, inputHeight: height, inputWidth: width };
  const steps = { padding, paddedWidth: width + 2 * padding, inputStep: 1, reach: kernel, outputStep: 1 };
  const taps = square(kernel, (ky, kx) => ({ row: ky, column: kx }));
  return { ...shape, ...steps, channelsIn, channelsOut, phases: [{ offsetY: 0, offsetX: 0, taps }] };
});

/**
 * conv2dBackwardInput: input pixel (y, x) reads padded gradient (y - ky + 2, x - kx + 2), in order of (ky,
 * kx).
 */
export const convolutionGradient = onceFor((dims: ConvDims): Geometry => {
  const forward = convolution({ ...dims, channelsIn: dims.channelsOut, channelsOut: dims.channelsIn });
  const last = dims.kernel - 1;
  const taps = square(dims.kernel, (ky, kx) => ({ row: last - ky, column: last - kx }));
  return { ...forward, phases: [{ offsetY: 0, offsetX: 0, taps }] };
});

/**
 * convTranspose2dForward: output pixel (2a + py, 2b + px) reads input (a, b), and those below and to the
 * right.
 */
export const transposedConvolution = onceFor((dims: ConvTransposeDims): Geometry => {
  const { height, width, channelsIn, channelsOut } = dims;
  const shape = { gridHeight: height, gridWidth: width, inputHeight: height, inputWidth: width };
  const steps = { padding: 0, paddedWidth: width + 1, inputStep: 1, reach: 2, outputStep: 2 };
  const phases = [0, 1].flatMap((offsetY) =>
    [0, 1].map((offsetX) => {
      const taps = KERNEL.flatMap((ky) =>
        KERNEL.filter((kx) => (offsetY + 1 - ky) % 2 === 0 && (offsetX + 1 - kx) % 2 === 0).map((kx) => ({
          row: (offsetY + 1 - ky) / 2,
          column: (offsetX + 1 - kx) / 2,
          weight: ky * 3 + kx,
        })),
      );
      return { offsetY, offsetX, taps };
    }),
  );
  return { ...shape, ...steps, channelsIn, channelsOut, phases };
});

/** convTranspose2dBackwardInput: input pixel (y, x) reads padded gradient (2y + ky, 2x + kx). */
export const transposedConvolutionGradient = onceFor((dims: ConvTransposeDims): Geometry => {
  const { height, width, channelsIn, channelsOut } = dims;
  const shape = { gridHeight: height, gridWidth: width, inputHeight: 2 * height, inputWidth: 2 * width };
  const steps = { padding: 1, paddedWidth: 2 * width + 1, inputStep: 2, reach: 3, outputStep: 1 };
  const phases = [{ offsetY: 0, offsetX: 0, taps: square(3, (row, column) => ({ row, column })) }];
  return { ...shape, ...steps, channelsIn: channelsOut, channelsOut: channelsIn, phases };
});

function square(kernel: number, place: (ky: number, kx: number) => Omit<Tap, 'weight'>): Tap[] {
  const range = KERNEL.slice(0, kernel);
  return range.flatMap((ky) => range.map((kx) => ({ ...place(ky, kx), weight: ky * kernel + kx })));
}

/** Taps of all phases. */
export function tapOrder({ phases }: Geometry): number[] {
  return phases.flatMap((phase) => phase.taps.map((tap) => tap.weight));
}

function tapsOf({ phases }: Geometry): number {
  return phases.reduce((sum, { taps }) => sum + taps.length, 0);
}

/** Products of one output channel: what a layer costs. */
export function multiplications(geometry: Geometry): number {
  const { gridHeight, gridWidth, channelsIn, channelsOut } = geometry;
  return gridHeight * gridWidth * channelsIn * channelsOut * tapsOf(geometry);
}

/** The words of every geometry, for each cut. */
const encoded = new WeakMap<Geometry, Map<string, readonly number[]>>();

/** The words of a geometry and of its phases; made once for each cut. */
export function encodeGeometry(geometry: Geometry, cut: Cut): readonly number[] {
  const { bandRows, bands, groupBlocks, groups } = cut;
  const key = `${bandRows} ${bands} ${groupBlocks} ${groups}`;
  const ofGeometry = encoded.get(geometry) ?? new Map<string, readonly number[]>();
  const known = ofGeometry.get(key);
  if (known) return known;
  const words = newWords(geometry, cut);
  encoded.set(geometry, ofGeometry.set(key, words));
  return words;
}

function newWords(geometry: Geometry, cut: Cut): number[] {
  const { phases } = geometry;
  const outputWidth = geometry.gridWidth * geometry.outputStep;
  const words = wordsOf('Geometry', { ...geometry, ...cut, outputWidth, phases: phases.length });
  let firstTap = 0;
  for (const { offsetY, offsetX, taps } of phases) {
    const runs = runsOf(taps);
    words.push(...wordsOf('Phase', { offsetY, offsetX, firstTap, taps: taps.length, runs: runs.length }));
    words.push(...table(runs));
    firstTap += taps.length;
  }
  return words;
}

interface Run {
  readonly row: number;
  readonly column: number;
  count: number;
}

/** Runs of taps that read neighbouring pixels from left to right. */
function runsOf(taps: readonly Tap[]): Run[] {
  const runs: Run[] = [];
  for (const { row, column } of taps) {
    const last = runs.at(-1);
    if (last && last.row === row && last.column + last.count === column) last.count += 1;
    else runs.push({ row, column, count: 1 });
  }
  return runs;
}

/** Runs, and empty ones up to the largest number. */
function table(runs: readonly Run[]): number[] {
  const none = { row: 0, column: 0, count: 0 };
  return Array.from({ length: MOST_TAPS }, (_, k) => wordsOf('Run', { ...(runs[k] ?? none) })).flat();
}
