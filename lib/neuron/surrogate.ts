/**
 * Surrogate gradients: functions in place of the derivative of a spike, which is 0 almost everywhere. A table
 * with one entry each; the values are float32, every operation rounded, so that a training has the same bits
 * everywhere.
 */

import { UsageError } from '../core/error.js';

const { abs, fround, max, PI } = Math;

/** The surrogates that engines may have kernels for. */
export type SurrogateKernel = 'straight' | 'rectangle' | 'triangle' | 'atan';

export interface Surrogate {
  readonly name: string;
  readonly summary: string;
  /** The kernel that gives its bits; without it, steps backwards are plain loops. */
  readonly kernel?: SurrogateKernel | undefined;
  /** ds/du in 1/V, of the potential u before the spike and its threshold, both in volts. */
  derivative(potential: number, threshold: number): number;
}

/**
 * Height 1 and width V_th: with thresholds that halve, the slopes of a multi-threshold neuron add up to 1
 * (docs/neurons.md).
 */
export const straight: Surrogate = {
  name: 'straight',
  kernel: 'straight',
  summary: 'a rectangle of width V_th and area 1, the straight-through estimator',
  derivative: (u, threshold) =>
    abs(fround(u - threshold)) < fround(threshold / 2) ? fround(1 / threshold) : 0,
};

export const rectangle: Surrogate = {
  name: 'rectangle',
  kernel: 'rectangle',
  summary: 'a rectangle of 1 V and height 1 (Feng et al., IJCAI 2022)',
  derivative: (u, threshold) => (abs(fround(u - threshold)) < 0.5 ? 1 : 0),
};

export const triangle: Surrogate = {
  name: 'triangle',
  kernel: 'triangle',
  summary: '0.3 max(0, 1 - |u / V_th - 1|) (Kim, Chough, Panda, 2022)',
  derivative: (u, threshold) =>
    fround(fround(0.3) * max(0, fround(1 - abs(fround(fround(u / threshold) - 1))))),
};

export const atan: Surrogate = {
  name: 'atan',
  kernel: 'atan',
  summary: '1 / (1 + (pi (u - V_th))^2), of an arctangent (Guo et al., ECCV 2022)',
  derivative(u, threshold) {
    const x = fround(fround(PI) * fround(u - threshold));
    return fround(1 / fround(1 + fround(x * x)));
  },
};

/** The surrogates that options and files can name, by their names. */
export const surrogates: Readonly<Record<string, Surrogate>> = Object.fromEntries(
  [straight, rectangle, triangle, atan].map((surrogate) => [surrogate.name, surrogate]),
);

/** A surrogate by name; UsageError for a name that is not in the table. */
export function findSurrogate(name: string): Surrogate {
  const surrogate = Object.hasOwn(surrogates, name) ? surrogates[name] : undefined;
  if (surrogate) return surrogate;
  throw new UsageError(`surrogate ${name}: expected one of ${Object.keys(surrogates).join(', ')}`);
}
