/**
 * What the weights of one output pixel read: the sums of codes that a spiking network fired over T steps, in
 * the order of the weights, and T for the bias. In whole numbers, weights . x is then the layer's current,
 * summed over the steps.
 */

import type { Simulation } from '../engine/simulate/simulation.js';
import { type Codes, pictureCodes } from '../integer/codes.js';
import { IMAGE, inputSize, type Layer, totalChannelsIn } from '../net/architecture.js';
import { isInside } from '../op/taps.js';

/** A sum of codes over the steps [h,w,C]: `values` / `unit`, to be rounded. */
interface CodeSum {
  readonly values: Float32Array | Int16Array;
  readonly unit: number;
}

/** Sums of codes by the name of the signal. */
export type CodeSums = ReadonlyMap<string, CodeSum>;

/** What the neurons fired in a simulation of a picture [H,W,C], and the picture. */
export function codeSums(
  { flows, steps }: Pick<Simulation, 'flows' | 'steps'>,
  picture: Float32Array,
  codes: ReadonlyMap<string, Codes>,
): CodeSums {
  const fired = [...flows].filter(([name]) => codes.has(name));
  const sums = fired.map(([name, values]) => [name, { values, unit: codes.get(name)!.unit }] as const);
  return new Map<string, CodeSum>([...sums, [IMAGE, { values: pictureCodes(picture), unit: 1 / steps }]]);
}

/** Numbers in an x: the weights [ky,kx,I] of an output channel, and 1. */
export function sizeOfInput(layer: Layer): number {
  return layer.op.kernel ** 2 * totalChannelsIn(layer) + 1;
}

/** Reads x for a pixel of a layer's output, for images of this size; the array is the same at each call. */
export function inputReader(
  layer: Layer,
  sums: CodeSums,
  [height, width]: readonly [height: number, width: number],
  steps: number,
): (row: number, column: number) => Float64Array {
  const { op, inputs, channelsIn } = layer;
  const taps = op.taps!;
  const size = inputSize(layer, height, width);
  const x = new Float64Array(sizeOfInput(layer));
  const readPixel = (pixel: number, start: number) => {
    let at = start;
    inputs.forEach((name, part) => {
      const { values, unit } = sums.get(name)!;
      const C = channelsIn[part];
      for (let c = 0; c < C; c++) x[at++] = Math.round(values[pixel * C + c] / unit);
    });
  };
  return (row, column) => {
    x.fill(0);
    x[x.length - 1] = steps;
    for (let ky = 0; ky < taps.count; ky++) {
      const iy = taps.read(row, ky);
      if (!isInside(iy, size.height)) continue;
      for (let kx = 0; kx < taps.count; kx++) {
        const ix = taps.read(column, kx);
        if (isInside(ix, size.width)) readPixel(iy * size.width + ix, (ky * taps.count + kx) * size.channels);
      }
    }
    return x;
  };
}
