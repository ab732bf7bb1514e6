/**
 * The gradients of convolutions of both kinds with respect to weight and bias (assembly/gradientKernels.ts).
 */

import type { ConvDims, Kernels } from '../kernels/contract.js';
import { IN_BLOCK, OUT_BLOCK } from './constants.js';
import { groupOf } from './cut.js';
import type { Arguments, Machine } from './machine.js';
import { wordsOf } from './words.js';

type Gradients = Pick<Kernels, 'conv2dBackwardWeight' | 'convTranspose2dBackwardWeight'>;

/** Bytes of both tensors that a band of rows reads: they stay in the first-level cache. */
const BAND_BYTES = 24 * 1024;

/** A tensor [H,W,C] and the zeros around it. */
interface Padded {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly padding: number;
  readonly rows: number;
  readonly columns: number;
}

/** Which pixel of either padded tensor a tap reads for the summed pixel (0, 0). */
type TapPlace = readonly [inputRow: number, inputColumn: number, gradientRow: number, gradientColumn: number];

/** The taps of a kernel of 1 or 3 pixels, each at its place in the input. */
const inputTaps = {
  1: square(1).map(([ky, kx]): TapPlace => [ky, kx, 0, 0]),
  3: square(3).map(([ky, kx]): TapPlace => [ky, kx, 0, 0]),
};
/** The nine taps, each at its place in the gradient. */
const gradientTaps = square(3).map(([ky, kx]): TapPlace => [0, 0, ky, kx]);

export function gradients(machine: Machine): Gradients {
  return {
    /** Sums over the output pixels: tap (ky, kx) reads padded input (y + ky, x + kx). */
    conv2dBackwardWeight(gradWeight, gradBias, gradOut, input, dims) {
      const { height, width, kernel } = dims;
      const padding = (kernel - 1) / 2;
      const inside = { height, width, channels: dims.channelsIn, padding };
      const x = { ...inside, values: input, rows: height + 2 * padding, columns: width + 2 * padding };
      const plain = { height, width, padding: 0, rows: height, columns: width };
      const g = { ...plain, values: gradOut, channels: dims.channelsOut };
      compute(machine, { gradWeight, gradBias, x, g, taps: inputTaps[kernel], dims, step: 1 });
    },
    /** Sums over the input pixels: tap (ky, kx) reads padded gradient (2y + ky, 2x + kx). */
    convTranspose2dBackwardWeight(gradWeight, gradBias, gradOut, input, dims) {
      const { height, width } = dims;
      const plain = { height, width, padding: 0, rows: height, columns: width };
      const x = { ...plain, values: input, channels: dims.channelsIn };
      const doubled = { height: 2 * height, width: 2 * width, padding: 1 };
      const around = { rows: 2 * height + 1, columns: 2 * width + 1 };
      const g = { ...doubled, ...around, values: gradOut, channels: dims.channelsOut };
      compute(machine, { gradWeight, gradBias, x, g, taps: gradientTaps, dims, step: 2 });
    },
  };
}

function square(kernel: number): [number, number][] {
  return Array.from({ length: kernel * kernel }, (_, tap) => [Math.floor(tap / kernel), tap % kernel]);
}

interface Call {
  readonly gradWeight: Float32Array;
  readonly gradBias: Float32Array;
  /** The input, and the gradient of the output. */
  readonly x: Padded;
  readonly g: Padded;
  readonly taps: readonly TapPlace[];
  readonly dims: Omit<ConvDims, 'kernel'>;
  /** Pixels of the gradient from one summed pixel to the next. */
  readonly step: number;
}

function compute(machine: Machine, { gradWeight, gradBias, x, g, taps, dims, step }: Call): void {
  const { height, width, channelsIn, channelsOut } = dims;
  machine.call((lend) => {
    const input = pack(machine, lend, x, IN_BLOCK);
    const gradient = pack(machine, lend, g, OUT_BLOCK);
    const rowBytes = x.columns * IN_BLOCK * 4 + g.columns * step * OUT_BLOCK * 4;
    const bandRows = Math.max(1, Math.floor(BAND_BYTES / rowBytes));
    const plan = wordsOf('GradientPlan', {
      ...{ height, width, channelsIn, channelsOut, taps: taps.length, bandRows },
      ...{ input, inputRows: x.rows, inputColumns: x.columns },
      ...{ gradient, gradientRows: g.rows, gradientColumns: g.columns, gradientStep: step },
    });
    const [inBlocks, outBlocks] = [Math.ceil(channelsIn / IN_BLOCK), Math.ceil(channelsOut / OUT_BLOCK)];
    const group = groupOf(inBlocks, outBlocks, machine.threads.count);
    const tasks = inBlocks * Math.ceil(outBlocks / group);
    machine.threads.run('weightGradient', tasks, {
      gradWeight: lend.result(gradWeight),
      plan: lend.words([...plan, ...taps.flat()]),
      group,
      ...lend.scratch(taps.length * IN_BLOCK * OUT_BLOCK * 4),
    });
    machine.threads.run('biasGradient', outBlocks, {
      gradBias: lend.result(gradBias),
      gradOut: lend.input(g.values),
      pixels: g.height * g.width,
      channels: channelsOut,
    });
  });
}

/**
 * The address of a tensor as [C/block][rows][columns][block], with zeros around it and in missing channels.
 */
function pack(machine: Machine, lend: Arguments, tensor: Padded, block: number): number {
  const { values, height, width, channels, padding, rows, columns } = tensor;
  const blocks = Math.ceil(channels / block);
  const packed = lend.room(blocks * rows * columns * block * 4);
  const shape = { height, width, channels, block, padding, rows, columns };
  machine.threads.run('packChannels', blocks, { packed, x: lend.input(values), ...shape });
  return packed;
}
