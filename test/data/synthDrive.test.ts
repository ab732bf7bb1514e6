import { createHash } from 'node:crypto';
import t from 'tap';
import { drive } from '../../lib/data/drive.js';
import { drawFundus } from '../../lib/data/twin/fundus.js';
import { drawSample, synthDrive, writeSynthDrive } from '../../lib/data/twin/synthDrive.js';
import { problemsOf } from './problems.js';

/** Deep comparison is slow where there are many pixels. */
const sameBytes = (a: Uint8Array | Float32Array, b: Uint8Array | Float32Array) =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

const samples = synthDrive.load({ split: 'all', seed: 1 });

t.test('20 training and 10 test samples of 192x192', async (t) => {
  t.same(samples.map(({ name }) => name).slice(19, 21), ['training/40', 'test/01']);
  t.equal(samples.length, 30);
  t.equal(new Set(samples.map(({ name }) => name)).size, 30);
  t.ok(samples.every(({ height, width, channels }) => height === 192 && width === 192 && channels === 1));
  const parts = synthDrive.load({ split: 'test', seed: 1 });
  const tests = samples.slice(20);
  t.equal(parts.length, tests.length);
  t.ok(parts.every(({ name, input }, i) => name === tests[i].name && sameBytes(input, tests[i].input)));
});

t.test('the same seed draws the same bytes, on every machine', async (t) => {
  const hash = createHash('sha256');
  for (const { picture, label, fov } of samples) hash.update(picture.data).update(label!).update(fov!);
  t.equal(
    hash.digest('hex'),
    '2440d5674e154a0e4af606dd1abb0c712a2e2c7f01e196cb21e2c948bd1438cd',
    'models were trained on these pictures',
  );
  const label = (seed: number, index: number) => drawFundus(seed, index, 64).label;
  t.ok(sameBytes(label(1, 3), label(1, 3)));
  t.notOk(sameBytes(label(1, 3), label(2, 3)), 'another seed');
  t.notOk(sameBytes(label(1, 3), label(1, 4)), 'another picture');
});

t.test('vessels lie in the field of view and cover as much of it as in real eyes', async (t) => {
  for (const { name, label, fov } of samples) {
    const [vessels, inside] = [label!, fov!].map((mask) => mask.reduce((sum, value) => sum + value, 0));
    t.ok(
      label!.every((id, p) => id <= fov![p]),
      `${name}: no vessel outside`,
    );
    t.ok(vessels > 0.05 * inside && vessels < 0.15 * inside, `${name}: ${vessels / inside}`);
    t.ok(inside > 0.65 * 192 * 192 && inside < 0.75 * 192 * 192, `${name}: a disc of radius 0.47`);
  }
});

/** F1 of calling vessel every pixel of the field of view that is darker than a level. */
function thresholdF1(threshold: number): number {
  let [found, wrong, missed] = [0, 0, 0];
  for (const { input, label, fov } of samples.slice(20)) {
    for (let p = 0; p < input.length; p++) {
      const dark = fov![p] === 1 && input[p] < threshold;
      if (dark && label![p]) found += 1;
      else if (dark) wrong += 1;
      else if (label![p]) missed += 1;
    }
  }
  return (2 * found) / (2 * found + wrong + missed);
}

t.test('vessels are dark, but no threshold finds them as a network does', async (t) => {
  const best = Math.max(...Array.from({ length: 20 }, (_, i) => thresholdF1(0.3 + 0.02 * i)));
  t.ok(best > 0.6 && best < 0.86, `the best threshold reaches F1 ${best}`);
});

t.test('a picture of any size, for a bundled sample', async (t) => {
  const { picture, label } = drawSample(1, 100, 'demo', 3, 80);
  t.same([picture.height, picture.width, picture.channels], [80, 80, 3]);
  t.ok(label!.includes(1));
});

t.test('the twin on disk is read by drive and is the twin in memory', async (t) => {
  const directory = t.testdir();
  writeSynthDrive(directory, 1);
  t.same(problemsOf(drive, directory), []);
  const back = drive.load({ directory, split: 'all', seed: 0 });
  t.equal(back.length, 30);
  for (const [i, { name, picture, label, fov, input }] of back.entries()) {
    const twin = samples[i];
    const same =
      sameBytes(picture.data, twin.picture.data) &&
      sameBytes(label!, twin.label!) &&
      sameBytes(fov!, twin.fov!) &&
      sameBytes(input, twin.input);
    t.ok(same && name === twin.name, name);
  }
});
