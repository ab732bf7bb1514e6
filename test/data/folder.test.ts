import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { folder, readSample } from '../../lib/data/folder.js';
import { readImageFolder } from '../../lib/data/pictures.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { VOID } from '../../lib/op/losses.js';
import { makeImage } from '../../lib/picture/image.js';
import { checkLabels } from '../../lib/picture/sample.js';
import { fixture } from '../picture/fixtures.js';
import { problemsOf } from './problems.js';

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

t.test('labels hold class ids; masks are optional', async (t) => {
  const root = t.testdir();
  writeLabelled(root, { a: [0, 1, 2], b: [0], c: [2, 2, 2] });
  for (const [name, level] of Object.entries({ a: 1, b: 255, c: 0 }))
    write(join(root, 'masks', `${name}.png`), 0, 0, level);
  const samples = load(root);
  t.same(
    samples.map(({ name }) => name),
    ['a.png', 'b.png', 'c.png'],
  );
  const firsts = (part: 'label' | 'fov') => samples.map((sample) => [...sample[part]!].slice(0, 3));
  t.same(firsts('label'), [
    [0, 1, 2],
    [0, 0, 0],
    [2, 2, 2],
  ]);
  t.same(firsts('fov'), [
    [0, 0, 1],
    [0, 0, 1],
    [0, 0, 0],
  ]);
  t.same(samples[0].input, new Float32Array(6).fill(0.2));
  t.same(load(root, 'all', 3)[0].input, new Float32Array(18).fill(0.2));
  t.same(problemsOf(folder, root), []);
});

t.test(
  'black and white means 0 and 1 of two classes, where all labels of all splits are drawn so',
  async (t) => {
    const root = t.testdir();
    writeLabelled(join(root, 'train'), { a: [0, 255], b: [0] });
    writeLabelled(join(root, 'test'), { c: [255] });
    const labels = (classes?: number, ignore?: number) =>
      folder
        .load({ directory: root, split: 'all', seed: 0, classes, ignore })
        .map(({ label }) => [...label!].slice(0, 2));
    t.same(labels(2), [
      [0, 1],
      [0, 0],
      [1, 1],
    ]);
    t.same(labels(), labels(2));
    t.same(
      labels(2, 255),
      [
        [0, VOID],
        [0, 0],
        [VOID, VOID],
      ],
      'what is to be ignored is not white',
    );
    t.throws(
      () => labels(3),
      /a\.png: row 0, column 1 holds the class 255, expected 0 to 2: .* add ignore 255/,
    );
    writeLabelled(join(root, 'train'), { b: [0, 1] });
    const test = () => folder.load({ directory: root, split: 'test', seed: 0, classes: 2 });
    t.throws(
      test,
      /test\/labels\/c\.png: row 0, column 0 holds the class 255, expected 0 to 1: .* add ignore 255/,
    );
  },
);

t.test('labels and masks may have an addition to their names; a missing one is named', async (t) => {
  const root = t.testdir();
  for (const name of ['a', 'b']) write(join(root, 'Images', `${name}.png`), 51);
  write(join(root, 'labels', 'a_label.png'), 1);
  write(join(root, 'labels', 'b.png'), 1);
  write(join(root, 'masks', 'a_mask.png'), 0, 1);
  t.throws(() => load(root), {
    constructor: DataError,
    message: `${join(root, 'masks', 'b.png')}: cannot be read: there is no such file or folder`,
  });
  write(join(root, 'masks', 'b-mask.png'), 0, 1);
  t.same(
    load(root).map(({ label, fov }) => [label![0], fov![1]]),
    [
      [1, 1],
      [1, 1],
    ],
  );
  const unread = folder.load({ directory: root, split: 'all', seed: 0, labels: false });
  t.notOk(unread.some(({ label, fov }) => label || fov));
});

t.test('fields of view are data as labels are: no JPEG, nothing between black and white', async (t) => {
  const root = t.testdir();
  writeLabelled(root, { a: [0, 1] });
  write(join(root, 'masks', 'a.png'), 0, 9);
  t.throws(
    () => load(root),
    /masks\/a\.png: row 0, column 1 holds the grey level 9, expected only 0 and 255/,
  );
  rmSync(join(root, 'masks', 'a.png'));
  copyFileSync(fixture('labels/bad-lossy.jpg'), join(root, 'masks', 'a.jpg'));
  t.throws(() => load(root), /masks\/a\.jpg: is a JPEG, which does not keep values as they were/);
});

t.test('a picture and its label side by side are refused, whatever is to be done with them', async (t) => {
  const root = t.testdir();
  write(join(root, 'eye.png'), 51);
  write(join(root, 'eye_1stHO.png'), 255);
  t.throws(() => load(root), /eye_1stHO\.png: looks like the label of a picture beside it: move/);
  t.throws(() => readImageFolder(root, 1), DataError);
});

t.test('a picture that EXIF turns has no label; without one it is turned', async (t) => {
  const root = t.testdir({ images: {} });
  copyFileSync(fixture('labels/bad-turned.png'), join(root, 'images', 'a.png'));
  t.same([load(root)[0].height, load(root)[0].width], [7, 5]);
  writePng(join(root, 'labels', 'a.png'), makeImage(7, 5, 1));
  t.throws(() => load(root), /images\/a\.png: a note in it \(EXIF\) says that it is to be turned/);
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
  const read = (how: 'plain' | 'drive') =>
    readSample(files, { channels: 1, preprocess: how, classes: {} }).input;
  t.same(
    read('plain'),
    Float32Array.from([10, 20, 30, 10, 20, 30], (level) => level / 255),
  );
  t.notSame(read('drive'), read('plain'));
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
    t.match(problemsOf(folder, root), [expected]);
  }
  t.throws(() => readImageFolder('nowhere', 1), {
    constructor: DataError,
    message: /^nowhere: there is no such folder/,
  });
  t.throws(() => folder.load({ split: 'all', seed: 0 }), {
    constructor: UsageError,
    message: /^data is missing/,
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
