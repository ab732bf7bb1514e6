import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { em } from '../../lib/data/em.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { makeImage } from '../../lib/picture/image.js';
import { fixture, golden } from '../picture/fixtures.js';
import { problemsOf } from './problems.js';

const directory = fixture('em-tiny');
const opencv = golden('datasets');
const load = (folder: string, split: 'train' | 'test' | 'all' = 'all') =>
  em.load({ directory: folder, split, seed: 0 });

t.test('a stack: pages with their labels, the last five for tests', async (t) => {
  const [volume, labels] = ['em.volume', 'em.labels'].map((name) => opencv.tensor(name).data);
  const sections = load(directory);
  t.equal(sections.length, 7);
  for (const [page, { height, width, picture, label, input }] of sections.entries()) {
    t.strictSame([height, width], [12, 10]);
    const part = (values: Float32Array) => [...values.subarray(120 * page, 120 * (page + 1))];
    t.strictSame([...picture.data], part(volume), `page ${page}`);
    t.strictSame([...label!], part(labels), `label ${page}`);
    t.equal(input[5], Math.fround(picture.data[5] / 255));
  }
  const names = (split: 'train' | 'test') => load(directory, split).map(({ name }) => name);
  t.strictSame(names('train'), ['section/00', 'section/01']);
  t.strictSame(
    names('test'),
    sections.slice(2).map(({ name }) => name),
  );
  t.strictSame(problemsOf(em, directory), []);
});

/** A folder of pairs; `broken` sections have a label of another size. */
function pairs(folder: string, count: number, broken: readonly number[] = []): string {
  for (let i = 0; i < count; i++) {
    const label = makeImage(broken.includes(i) ? 5 : 4, 6, 1).data.fill(i % 2 ? 255 : 0);
    writePng(join(folder, 'images', `${i}.png`), makeImage(4, 6, 1, new Uint8Array(24).fill(i)));
    writePng(join(folder, 'labels', `${i}.png`), makeImage(label.length / 6, 6, 1, label));
  }
  return folder;
}

t.test('a folder of pairs is read like a stack', async (t) => {
  const sections = load(pairs(t.testdir(), 8), 'test');
  t.strictSame(
    sections.map(({ name }) => name),
    ['3', '4', '5', '6', '7'],
  );
  t.strictSame(
    sections.map(({ label }) => label![0]),
    [1, 0, 1, 0, 1],
  );
});

t.test('sections of a folder are in the order in which people count', async (t) => {
  const sections = load(pairs(t.testdir(), 12), 'test');
  t.strictSame(
    sections.map(({ name }) => name),
    ['7', '8', '9', '10', '11'],
  );
});

t.test('a short stack has a test split and no train split; only an empty split is refused', async (t) => {
  const folder = t.testdir({ empty: { images: {} } });
  const five = pairs(join(folder, 'five'), 5);
  const names = (split: 'test' | 'all') => load(five, split).map(({ name }) => name);
  for (const split of ['test', 'all'] as const) t.strictSame(names(split), ['0', '1', '2', '3', '4']);
  t.strictSame(problemsOf(em, five), []);
  const refused = (directory: string, split: 'train' | 'test' | 'all', message: string) =>
    t.throws(() => load(directory, split), { constructor: DataError, message: `${directory}: ${message}` });
  refused(five, 'train', 'holds 5 sections, expected more than the 5 of the test split');
  const empty = join(folder, 'empty');
  for (const split of ['test', 'all'] as const)
    refused(empty, split, 'holds 0 sections, expected at least 1');
  t.strictSame(problemsOf(em, empty), [`${empty}: holds 0 sections, expected at least 1`]);
});

t.test('what is missing or does not fit is named', async (t) => {
  t.throws(() => load(t.testdir()), { constructor: DataError, message: /train-volume\.tif/ });
  const short = t.testdir({ a: {} });
  const broken = pairs(join(short, 'a'), 7, [2, 6]);
  const problems = problemsOf(em, broken);
  t.equal(problems.length, 2);
  t.match(problems[1], /labels\/6\.png: is 6x5, expected 6x4/);
  const stack = t.testdir();
  copyFileSync(join(directory, 'train-volume.tif'), join(stack, 'train-volume.tif'));
  t.match(problemsOf(em, stack)[0], /train-labels\.tif/);
});
