import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkLabels } from '../../../lib/image/dataset/dataset.js';
import { folder, readImageFolder, readSample } from '../../../lib/image/dataset/folder.js';
import { writePng } from '../../../lib/image/encode.js';
import { makeImage } from '../../../lib/image/image.js';
import { DataError, UsageError } from '../../../lib/tensor/error.js';

/** Writes a grey picture of 2x3 pixels. */
const write = (path: string, ...levels: number[]) =>
  writePng(
    path,
    makeImage(
      2,
      3,
      1,
      Uint8Array.from({ length: 6 }, (_, i) => levels[i % levels.length]),
    ),
  );

const load = (directory: string, split: 'train' | 'test' | 'all' = 'all', channels?: 1 | 3) =>
  folder.load({ directory, split, seed: 0, channels });

/** Pictures NAME.png with the labels given. */
function writeLabelled(root: string, labels: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, levels] of Object.entries(labels)) {
    write(join(root, 'images', `${name}.png`), 51);
    write(join(root, 'labels', `${name}.png`), ...levels);
  }
}

t.test('labels hold class ids; black and white means 0 and 1; masks are optional', async (t) => {
  const root = t.testdir();
  writeLabelled(root, { a: [0, 1, 2], b: [0, 255], c: [0], d: [255], e: [0, 7, 255] });
  write(join(root, 'masks', 'b.png'), 0, 0, 9);
  const samples = load(root);
  t.same(
    samples.map(({ name }) => name),
    ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'],
  );
  const labels = samples.map(({ label }) => [...label!].slice(0, 3));
  t.same(labels, [
    [0, 1, 2],
    [0, 1, 0],
    [0, 0, 0],
    [1, 1, 1],
    [0, 7, 255],
  ]);
  t.same(
    samples.map(({ fov }) => fov && [...fov].slice(0, 3)),
    [undefined, [0, 0, 1], undefined, undefined, undefined],
  );
  t.same(samples[0].input, new Float32Array(6).fill(0.2));
  t.same(load(root, 'all', 3)[0].input, new Float32Array(18).fill(0.2));
  t.same(folder.check!(root), []);
});

t.test(
  'without train and test the last fifth in the order of names, at least one, is the test split',
  async (t) => {
    const root = t.testdir();
    const names = (split: 'train' | 'test') => load(root, split).map(({ name }) => name);
    writeLabelled(root, { b: [0], c: [0], a: [0] });
    t.same(names('train'), ['a.png', 'b.png']);
    t.same(names('test'), ['c.png']);
    writeLabelled(root, Object.fromEntries([...'defghij'].map((name) => [name, [0]])));
    t.same(names('train').length, 8);
    t.same(names('test'), ['i.png', 'j.png']);
  },
);

t.test('train and test are taken as they are', async (t) => {
  const root = t.testdir();
  writeLabelled(join(root, 'train'), { x: [0], y: [1] });
  writeLabelled(join(root, 'test'), { z: [0] });
  t.same(
    load(root, 'train').map(({ name }) => name),
    ['x.png', 'y.png'],
  );
  t.same(
    load(root, 'test').map(({ name }) => name),
    ['z.png'],
  );
  t.same(
    load(root).map(({ name }) => name),
    ['x.png', 'y.png', 'z.png'],
  );
  rmSync(join(root, 'test'), { recursive: true });
  t.throws(() => load(root, 'test'), {
    constructor: DataError,
    message: `${join(root, 'test')}: there is no such folder`,
  });
});

t.test('pictures in the folder itself are samples without labels', async (t) => {
  const root = t.testdir();
  write(join(root, '2.png'), 255);
  write(join(root, '1.png'), 0);
  writeFileSync(join(root, 'notes.txt'), 'not a picture');
  const samples = readImageFolder(root, 1);
  t.same(
    samples.map(({ name, label }) => [name, label]),
    [
      ['1.png', undefined],
      ['2.png', undefined],
    ],
  );
  t.same(load(root), samples);
  t.same(readImageFolder(root, 3)[1].input, new Float32Array(18).fill(1));
});

t.test('one sample by its files, prepared as the model wants it', async (t) => {
  const root = t.testdir();
  write(join(root, 'eye.png'), 10, 20, 30);
  const files = { name: 'eye', image: join(root, 'eye.png') };
  t.same(
    readSample(files, 1).input,
    Float32Array.from([10, 20, 30, 10, 20, 30], (level) => level / 255),
  );
  t.notSame(readSample(files, 1, 'drive').input, readSample(files, 1).input);
});

t.test('faults are one line that names the file', async (t) => {
  const faults: Record<string, (root: string) => void> = {
    'labels/b.png: cannot be read: there is no such file': (root) => rmSync(join(root, 'labels', 'b.png')),
    'labels/b.png: is 9x2, expected 3x2 as': (root) =>
      writePng(join(root, 'labels', 'b.png'), makeImage(2, 9, 1)),
    'labels/b.png: is in colour': (root) =>
      writePng(
        join(root, 'labels', 'b.png'),
        makeImage(
          2,
          3,
          3,
          Uint8Array.from({ length: 18 }, (_, i) => i),
        ),
      ),
    'labels/b.png: ': (root) => write(join(root, 'labels', 'b.jpg'), 0),
    'images/a.png: starts with the bytes': (root) => writeFileSync(join(root, 'images', 'a.png'), 'text'),
    'masks: holds no picture': (root) => mkdirSync(join(root, 'masks')),
  };
  for (const [message, change] of Object.entries(faults)) {
    const root = t.testdir();
    writeLabelled(root, { a: [0], b: [1] });
    change(root);
    const expected = `${root}/${message}`;
    t.throws(() => load(root), { constructor: DataError, message: expected });
    t.match(folder.check!(root), [expected]);
  }
  t.throws(() => readImageFolder('nowhere', 1), {
    constructor: DataError,
    message: /^nowhere: there is no such folder/,
  });
  t.throws(() => folder.load({ split: 'all', seed: 0 }), {
    constructor: UsageError,
    message: /--data is missing/,
  });
});

t.test('a class that the network does not know is refused', async (t) => {
  const root = t.testdir();
  writeLabelled(root, { a: [0, 1], b: [0, 1, 2] });
  checkLabels(load(root), 3);
  t.throws(() => checkLabels(load(root), 2), {
    constructor: DataError,
    message: 'b.png: its label holds the class 2 at row 0, column 2; expected 0 to 1',
  });
  checkLabels([{ ...load(root)[0], label: new Uint8Array() }], 1);
});
