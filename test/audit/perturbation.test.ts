/**
 * A golden value that is wrong does not pass: every tensor of every golden file, moved at some of its
 * elements to the first number beyond its bound (fixtures/bounds.json), is too far from what it was; moved by
 * less, it is not. Where the bound is 0 the first number beyond it is one unit in the last place away. A
 * result is not the golden itself: its own error may hide a golden that moved towards it by less than twice
 * the bound; checksums.test.ts sees that.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { type Bound, boundOf, goldenFile, isWithin, type Measure, spacing } from '../engine/kernel/golden.js';
import { GOLDEN_ROOMS, readJsonGolden } from '../support/golden.js';

const RANDOM_ELEMENTS = 3;

/** Golden numbers that share one bound, in the format that they are stored in. */
interface Golden {
  readonly name: string;
  readonly data: Numbers;
  readonly columns: number;
}

/** What Float32Array and Float64Array share. */
interface Numbers extends Iterable<number> {
  readonly length: number;
  [index: number]: number;
  slice(): Numbers;
}

const largestOf = (values: Iterable<number>) =>
  [...values].reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
const sumOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** The goldens of a file below fixtures/, by name without its ending. */
function readGoldens(path: string, ending: string): Golden[] {
  if (ending === 'safetensors') {
    return [...goldenFile(path).tensors].map(([name, { shape, data }]) => ({
      name,
      data,
      columns: shape.at(-1) ?? 1,
    }));
  }
  return readJsonGolden(`${path}.json`).map((golden: { function?: string }, i: number) => ({
    name: `${golden.function ?? 'case'}.${i}`,
    data: Float64Array.from(numbersIn(golden)),
    columns: 1,
  }));
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** First, last and largest element, and a few others. */
function chosen({ name, data }: Golden): Set<number> {
  const random = stream(17, 'perturbation', name);
  const size = largestOf(data);
  const largest = [...data].findIndex((value) => Math.abs(value) === size);
  const others = Array.from({ length: RANDOM_ELEMENTS }, () => random.integer(data.length));
  return new Set([0, data.length - 1, largest, ...others]);
}

const justAbove = (value: number) => Math.min(Math.abs(value) * (1 + 2 ** -49), Number.MAX_VALUE);

/** How far element i may be from what it was; a share is also one of what moving it adds to the tensor. */
function allowance({ data, columns }: Golden, { measure, bound }: Bound, i: number): number {
  const share = (size: number) => (bound * size) / (1 - bound);
  const measures: Record<Measure, () => number> = {
    absolute: () => bound,
    ulps: () => bound * spacing(justAbove(data[i])), // across a power of two the distance doubles
    largest: () => share(largestOf(data)),
    course: () => share(largestOf([...data].filter((_, k) => k % columns === i % columns))),
    norm: () => share(Math.sqrt(sumOf([...data].map((value) => value * value)))),
    sum: () => share(sumOf([...data].map(Math.abs))),
  };
  return measures[measure]();
}

/** A copy whose element i is the first number of the format that is more than `difference` away. */
function movedBeyond({ data }: Golden, i: number, difference: number, direction: number): Numbers {
  const copy = data.slice();
  const [unit, smallest] = data instanceof Float32Array ? [2 ** -24, 2 ** -149] : [2 ** -53, 2 ** -1074];
  copy[i] += direction * difference;
  while (Math.abs(copy[i] - data[i]) <= difference)
    copy[i] += direction * Math.max(1.01 * unit * Math.abs(copy[i]), smallest); // rounds to the next number
  return copy;
}

/** A copy whose element i is half of `difference` nearer to 0, or as near as it can be. */
function movedWithin({ data }: Golden, i: number, difference: number): Numbers {
  const copy = data.slice();
  copy[i] -= Math.sign(copy[i]) * Math.min(difference / 2, Math.abs(copy[i]));
  return copy;
}

const files = GOLDEN_ROOMS.flatMap((room) =>
  readdirSync(join('fixtures', room)).flatMap((file) => {
    const [, name, ending] = /^(.*)\.(safetensors|json)$/.exec(file) ?? [];
    return name ? [{ path: `${room}/${name}`, ending }] : [];
  }),
);

for (const { path, ending } of files) {
  t.test(`${path}: what is beyond its bound is noticed, what is within is not`, async (t) => {
    const goldens = readGoldens(path, ending);
    t.not(goldens.length, 0);
    const [unnoticed, refused]: string[][] = [[], []];
    for (const golden of goldens) {
      const bound = boundOf(`${path}:${golden.name}`);
      const passes = (changed: Numbers) => isWithin(golden.data, changed, bound, golden.columns);
      for (const i of chosen(golden)) {
        const difference = allowance(golden, bound, i);
        for (const direction of [-1, 1]) {
          if (passes(movedBeyond(golden, i, difference, direction))) unnoticed.push(`${golden.name}[${i}]`);
        }
        if (!passes(movedWithin(golden, i, difference))) refused.push(`${golden.name}[${i}]`);
      }
    }
    t.strictSame(unnoticed, []);
    t.strictSame(refused, []);
  });
}
