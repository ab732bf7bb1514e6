/**
 * Golden tensors from independent implementations (fixtures/README.md says which made them) and
 * the one way the tests compare with them: a distance, and the bounds of fixtures/bounds.json.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { toHwc } from '../../../lib/format/layout.js';
import { decodeSafetensors, type TensorFile } from '../../../lib/format/safetensors.js';

export interface Tensor {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** One case of a golden file: the tensors CASE.KEY by their keys. */
export interface GoldenCase {
  readonly name: string;
  /** The tensor of a key; an error if the case has none. */
  get(key: string): Tensor;
  has(key: string): boolean;
}

/** fixtures/PATH.safetensors */
export function goldenFile(path: string): TensorFile {
  const file = fileURLToPath(new URL(`../../../fixtures/${path}.safetensors`, import.meta.url));
  return decodeSafetensors(readFileSync(file), file);
}

/** The cases of fixtures/PATH.safetensors in the order of their first tensors. */
export function goldenCases(path: string): GoldenCase[] {
  const cases = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of goldenFile(path).tensors) {
    const dot = name.lastIndexOf('.');
    const tensors = cases.get(name.slice(0, dot)) ?? new Map<string, Tensor>();
    cases.set(name.slice(0, dot), tensors.set(name.slice(dot + 1), tensor));
  }
  if (cases.size === 0) throw new Error(`fixtures/${path}.safetensors holds no cases`);
  return [...cases].map(([name, tensors]) => ({
    name,
    get: (key) => goldenTensor(tensors, key),
    has: (key) => tensors.has(key),
  }));
}

/** The tensor of a name; an error if there is none. */
export function goldenTensor(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`golden tensor ${name} is missing; there are ${[...tensors.keys()]}`);
  return tensor;
}

/** A golden image [C,H,W] in the kernels' layout [H,W,C]. */
export function imageOf({ data, shape: [channels, height, width] }: Tensor): Float32Array {
  return toHwc(data, channels, height, width);
}

/**
 * What distance is measured in: absolutely, or as a share
 * of what a tensor (or each of its columns) amounts to.
 */
export type Measure = 'absolute' | 'largest' | 'course' | 'norm' | 'sum' | 'ulps';

/** How far from a golden tensor a result may be. */
export interface Bound {
  readonly measure: Measure;
  readonly bound: number;
}

const boundsFile = new URL('../../../fixtures/bounds.json', import.meta.url);
const rules: [pattern: string, measure: Measure, bound: number][] = JSON.parse(
  readFileSync(boundsFile, 'utf8'),
).rules;

/** The bound of FILE:TENSOR: the first rule of fixtures/bounds.json whose pattern fits. */
export function boundOf(tensor: string): Bound {
  const rule = rules.find(([pattern]) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.]/g, '\\.'));
    return new RegExp(`^${parts.join('.*')}$`).test(tensor);
  });
  if (!rule) throw new Error(`fixtures/bounds.json has no rule for ${tensor}`);
  return { measure: rule[1], bound: rule[2] };
}

/**
 * Distance in the unit of a measure; Infinity for different lengths and for NaN. `columns` is for courses.
 */
export function distance(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  measure: Measure,
  columns = 1,
): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  if (measure === 'course') {
    const column = (values: ArrayLike<number>, k: number) =>
      Array.from({ length: values.length / columns }, (_, row) => values[row * columns + k]);
    const errors = Array.from({ length: columns }, (_, k) =>
      distance(column(got, k), column(expected, k), 'largest'),
    );
    return Math.max(...errors);
  }
  const error = new Extent();
  const size = new Extent();
  for (let i = 0; i < expected.length; i++) {
    error.add(got[i] - expected[i], measure === 'ulps' ? spacing(expected[i]) : 1);
    size.add(expected[i], 1);
  }
  if (Number.isNaN(error.sum)) return Number.POSITIVE_INFINITY;
  if (measure === 'absolute' || measure === 'ulps') return error.largest;
  if (error.largest === 0) return 0;
  if (measure === 'sum') return Math.abs(error.sum) / size.magnitude;
  return measure === 'norm' ? Math.sqrt(error.squares / size.squares) : error.largest / size.largest;
}

/** Whether a result is no farther from a golden tensor than its bound; `columns` is for courses. */
export function isWithin(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { measure, bound }: Bound,
  columns = 1,
): boolean {
  return distance(got, expected, measure, columns) <= bound;
}

/** Measures of the size of a tensor. */
class Extent {
  largest = 0;
  sum = 0;
  magnitude = 0;
  squares = 0;

  add(value: number, unit: number): void {
    this.largest = Math.max(this.largest, Math.abs(value) / unit);
    this.sum += value;
    this.magnitude += Math.abs(value);
    this.squares += value * value;
  }
}

/** One unit in the last place of a float64. */
export function spacing(value: number): number {
  return Math.max(2 ** (Math.floor(Math.log2(Math.abs(value))) - 52), 2 ** -1074);
}

/** Requires max |got - expected| <= bound max |expected|; the message carries the error. */
export function requireClose(
  t: Pick<Test, 'ok'>,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  what: string,
): void {
  requireWithin(t, got, expected, { measure: 'largest', bound }, what);
}

/** Requires that a result is as close to the golden tensor FILE:TENSOR as fixtures/bounds.json says. */
export function requireGolden(
  t: Pick<Test, 'ok'>,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tensor: string,
): void {
  requireWithin(t, got, expected, boundOf(tensor), tensor);
}

function requireWithin(
  t: Pick<Test, 'ok'>,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: Bound,
  what: string,
): void {
  const error = distance(got, expected, bound.measure).toExponential(1);
  t.ok(isWithin(got, expected, bound), `${what}: error ${error} (${bound.measure}), bound ${bound.bound}`);
}
