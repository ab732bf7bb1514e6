/** The synthetic twins as data sets: how many samples of what sizes, and what is to be found in them. */

import t from 'tap';
import { STREET_CLASSES } from '../../lib/data/twin/streetPaint.js';
import { synthBsd } from '../../lib/data/twin/synthBsd.js';
import { synthCamseq01 } from '../../lib/data/twin/synthCamseq01.js';
import { synthEm } from '../../lib/data/twin/synthEm.js';

/** Deep comparison is slow where there are many pixels. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const em = synthEm.load({ split: 'all', seed: 1 });
const streets = synthCamseq01.load({ split: 'all', seed: 1 });
const pictures = synthBsd.load({ split: 'all', seed: 1 });

t.test('counts, sizes, names and class ids are those promised', async (t) => {
  for (const [dataset, samples, train, shape] of [
    [synthEm, em, 20, [192, 192, 1]],
    [synthCamseq01, streets, 24, [96, 128, 3]],
    [synthBsd, pictures, 40, [96, 144, 1]],
  ] as const) {
    const [height, width, channels] = shape;
    const classes = dataset.classNames.length;
    t.equal(new Set(samples.map(({ name }) => name)).size, samples.length);
    for (const sample of samples) {
      t.same([sample.height, sample.width, sample.channels], shape);
      t.equal(sample.input.length, height * width * channels);
      t.equal(sample.label?.length ?? 0, classes ? height * width : 0);
      t.ok(sample.label?.every((id) => id < classes) ?? classes === 0);
    }
    const test = dataset.load({ split: 'test', seed: 1 }); // drawn alone, they are the last of all
    t.equal(test.length, samples.length - train);
    t.ok(
      test.every(({ name, picture }, i) => {
        const expected = samples[train + i];
        return name === expected.name && same(picture.data, expected.picture.data);
      }),
    );
  }
});

/** F1 of calling membrane every pixel that is darker than a level. */
function thresholdF1(level: number): number {
  let [found, wrong, missed] = [0, 0, 0];
  for (const { picture, label } of em.slice(20)) {
    for (let p = 0; p < label!.length; p++) {
      const dark = picture.data[p] < level;
      if (dark && label![p] === 0) found += 1;
      else if (dark) wrong += 1;
      else if (label![p] === 0) missed += 1;
    }
  }
  return (2 * found) / (2 * found + wrong + missed);
}

t.test('membranes are dark and a fifth of the tissue, but no threshold finds them', async (t) => {
  for (const { name, picture, label } of em) {
    const inside = mean([...label!]);
    t.ok(inside > 0.65 && inside < 0.9, `${name}: ${inside} is inside`);
    const level = (id: number) => mean([...picture.data].filter((_, p) => label![p] === id));
    t.ok(level(1) > level(0) + 20, `${name}: cells are brighter`);
  }
  const best = Math.max(...Array.from({ length: 30 }, (_, i) => thresholdF1(60 + 4 * i)));
  t.ok(best > 0.4 && best < 0.75, `the best threshold reaches F1 ${best}`);
});

t.test('every class stands in the streets of both splits, the sky above the road', async (t) => {
  for (const part of [streets.slice(0, 24), streets.slice(24)]) {
    const seen = new Set(part.flatMap(({ label }) => [...label!]));
    t.same(
      [...seen].sort((a, b) => a - b),
      [...STREET_CLASSES.keys()],
    );
  }
  for (const { name, label } of streets) {
    const row = (id: number) => mean([...label!.keys()].filter((p) => label![p] === id)) / 128;
    t.ok(row(0) < 40 && row(3) > 56, name);
  }
});

/** The mean square of the difference between pixels of a row that lie this far apart. */
function variance(input: Float32Array, width: number, distance: number): number {
  let [sum, count] = [0, 0];
  for (let p = 0; p < input.length; p++) {
    if (p % width < distance) continue;
    sum += (input[p] - input[p - distance]) ** 2;
    count += 1;
  }
  return sum / count;
}

t.test(
  'neighbours in natural textures differ more the farther apart, as with a 1/f^2 spectrum',
  async (t) => {
    const variances = [1, 2, 4, 8].map((distance) =>
      mean(pictures.map(({ input, width }) => variance(input, width, distance))),
    );
    for (const [i, value] of variances.entries()) {
      const growth = value / (variances[i - 1] ?? value);
      if (i > 0) t.ok(growth > 1.1 && growth < 3.5, `twice as far: ${growth} times the variance`);
    }
  },
);

/** The part of the steps from pixel to pixel that are of this size. */
function stepsBetween(input: Float32Array, low: number, high: number): number {
  let count = 0;
  for (let p = 1; p < input.length; p++) {
    const step = Math.abs(input[p] - input[p - 1]);
    if (step >= low && step < high) count += 1;
  }
  return count / (input.length - 1);
}

t.test('textures in colour are the same pictures, and some parts are flat', async (t) => {
  const [colour] = synthBsd.load({ split: 'test', seed: 1, channels: 3 });
  t.ok(same(colour.picture.data, pictures[40].picture.data));
  t.same([colour.channels, colour.input.length], [3, 96 * 144 * 3]);
  const share = (low: number, high: number) =>
    mean(pictures.map(({ input }) => stepsBetween(input, low, high)));
  t.ok(share(0, 2 / 255) > 0.15, `flat: ${share(0, 2 / 255)}`);
  t.ok(share(4 / 255, 20 / 255) > 0.15, `textured: ${share(4 / 255, 20 / 255)}`);
  t.ok(share(40 / 255, 1) > 0.003, `borders: ${share(40 / 255, 1)}`);
});
