import { copyFileSync, cpSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { drive } from '../../lib/data/drive.js';
import { readImage, writePng } from '../../lib/node/pictureFiles.js';
import { encodePng } from '../../lib/picture/encode.js';
import { makeImage } from '../../lib/picture/image.js';
import { fixture, golden } from '../picture/fixtures.js';
import { problemsOf } from './problems.js';

const directory = fixture('drive-tiny');
const expected = golden('drive-tiny');
const load = (folder: string, split: 'train' | 'test' | 'all' = 'all') =>
  drive.load({ directory: folder, split, seed: 0 });

const IMAGE = join('training', 'images', '21_training.tif');
const LABEL = join('training', '1st_manual', '21_manual1.gif');
const MASK = join('test', 'mask', '01_test_mask.gif');

t.test('the published layout: pictures, labels, fields of view and the inputs made of them', async (t) => {
  const samples = load(directory);
  t.same(
    samples.map(({ name }) => name),
    ['training/21', 'test/01'],
  );
  for (const { name, height, width, channels, picture, label, fov, input } of samples) {
    t.same([height, width, channels], [37, 33, 1]);
    t.same([...picture.data], [...expected.tensor(`${name}.picture`).data], `${name}: picture`);
    t.same([...label!], [...expected.tensor(`${name}.label`).data], `${name}: label`);
    t.same([...fov!], [...expected.tensor(`${name}.fov`).data], `${name}: field of view`);
    t.same(input, expected.tensor(`${name}.input`).data, `${name}: input`);
  }
  t.same(problemsOf(drive, directory), []);
});

t.test('splits, and three channels where a network wants them', async (t) => {
  t.same(
    load(directory, 'train').map(({ name }) => name),
    ['training/21'],
  );
  t.same(
    load(directory, 'test').map(({ name }) => name),
    ['test/01'],
  );
  const [colour] = drive.load({ directory, split: 'train', seed: 0, channels: 3 });
  t.equal(colour.input.length, 3 * 37 * 33);
});

t.test('files are in the order of their numbers, and may be PNG', async (t) => {
  const folder = t.testdir();
  for (const number of ['10', '9']) {
    const level = Number(number);
    writePng(
      join(folder, 'test', 'images', `${number}_test.png`),
      makeImage(4, 5, 1, new Uint8Array(20).fill(level)),
    );
    const white = makeImage(4, 5, 3, new Uint8Array(60).fill(255));
    writePng(join(folder, 'test', '1st_manual', `${number}_manual1.png`), white);
    writePng(join(folder, 'test', 'mask', `${number}_test_mask.png`), white);
  }
  const samples = load(folder, 'test');
  t.same(
    samples.map(({ name, picture }) => [name, picture.data[0]]),
    [
      ['test/9', 9],
      ['test/10', 10],
    ],
  );
  t.ok(samples[0].label!.every((id) => id === 1));
});

/** The messages of load and of check after the change of one file in a copy of the fixture. */
const faults: Record<string, { change(folder: string): void; file: string; message: RegExp }> = {
  'a missing label': {
    change: (folder) => rmSync(join(folder, LABEL)),
    file: LABEL,
    message: /no such file/,
  },
  'a missing mask': { change: (folder) => rmSync(join(folder, MASK)), file: MASK, message: /no such file/ },
  'a cut picture': {
    change: (folder) => truncateSync(join(folder, IMAGE), 1500),
    file: IMAGE,
    message: /damaged/,
  },
  'a picture that is none': {
    change: (folder) => writeFileSync(join(folder, IMAGE), 'no picture'),
    file: IMAGE,
    message: /starts with the bytes 6e 6f 20 70/,
  },
  'a label of another size': {
    change: (folder) => writeFileSync(join(folder, LABEL), encodePng(makeImage(33, 37, 1))),
    file: LABEL,
    message: /is 37x33, expected 33x37 as .*21_training\.tif$/,
  },
  'a label with grey levels': {
    change: (folder) =>
      writeFileSync(join(folder, LABEL), encodePng(makeImage(37, 33, 1, new Uint8Array(1221).fill(7)))),
    file: LABEL,
    message: /row 0, column 0 holds the grey level 7, expected only 0 and 255, or 0 and 1/,
  },
  'a mask in colour': {
    change: (folder) => writeFileSync(join(folder, MASK), encodePng(readImage(join(folder, IMAGE)))),
    file: MASK,
    message: /in colour/,
  },
  'two pictures of one number': {
    change: (folder) =>
      copyFileSync(join(folder, IMAGE), join(folder, 'training', 'images', '21_training.png')),
    file: IMAGE,
    message: /21_training\.png is there too/,
  },
  'a folder that is elsewhere': {
    change: (folder) => renameSync(join(folder, 'test', 'mask'), join(folder, 'test', 'masks')),
    file: join('test', 'mask'),
    message: /no such folder, expected the published layout of DRIVE/,
  },
  'a folder without pictures': {
    change: (folder) => rmSync(join(folder, IMAGE)),
    file: join('training', 'images'),
    message: /holds no picture, expected files named NN_\*\.tif/,
  },
};

for (const [fault, { change, file, message }] of Object.entries(faults)) {
  t.test(`${fault} is one line that names the file`, async (t) => {
    const folder = t.testdir();
    cpSync(directory, folder, { recursive: true });
    change(folder);
    t.throws(() => load(folder), { constructor: DataError, message });
    const problems = problemsOf(drive, folder);
    t.equal(problems.length, 1);
    t.ok(problems[0].startsWith(`${join(folder, file)}: `), problems[0]);
    t.match(problems[0], message);
    t.notOk(problems[0].includes('\n'));
  });
}

t.test('check names every fault at once', async (t) => {
  const folder = t.testdir();
  cpSync(directory, folder, { recursive: true });
  for (const file of [LABEL, MASK]) rmSync(join(folder, file));
  truncateSync(join(folder, IMAGE), 1000);
  t.equal(problemsOf(drive, folder).length, 3);
});

t.test('no folder at all', async (t) => {
  t.throws(() => drive.load({ split: 'all', seed: 0 }), {
    constructor: UsageError,
    message: /^data is missing/,
  });
  t.throws(() => load('no/such/folder'), { constructor: DataError, message: /^no\/such\/folder.training/ });
});
