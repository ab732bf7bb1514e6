/** What `data check` says of folders with usual mistakes. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { camseq01 } from '../../lib/data/camseq01.js';
import { drive } from '../../lib/data/drive.js';
import { folder } from '../../lib/data/folder.js';
import { leftOut } from '../../lib/data/leftOut.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { makeImage } from '../../lib/picture/image.js';
import { fixture } from '../picture/fixtures.js';
import { reportOn } from './problems.js';

/** A grey picture of 1x4 pixels. */
const write = (path: string, ...levels: number[]) =>
  writePng(path, makeImage(1, 4, 1, Uint8Array.from(levels)));

function pairs(root: string, labels: readonly (readonly number[])[]): string {
  for (const [i, levels] of labels.entries()) {
    write(join(root, 'images', `${i}.png`), 1, 2, 3, 4);
    write(join(root, 'labels', `${i}.png`), ...levels);
  }
  return root;
}

t.test('pixels of each class; everything is used: in order', async (t) => {
  const root = pairs(t.testdir(), [
    [0, 1, 2, 2],
    [1, 1, 255, 0],
  ]);
  const { census, remarks, problems } = reportOn(folder, root, { count: 3, ignore: 255 });
  t.strictSame([problems, remarks], [[], []]);
  t.match(census, { samples: 2, pixels: [2, 3, 2], void: 1, unlabelled: [], withoutFov: [], emptyFov: [] });
  t.match(reportOn(folder, root).remarks, [/1 pixels hold 255: where they do not count, ignore 255/]);
  t.match(reportOn(folder, root, { count: 4, ignore: 255 }).remarks, [
    /not a single pixel is of the class 3/,
  ]);
});

t.test('fields of view that are empty', async (t) => {
  const root = pairs(t.testdir(), [[0, 1, 0, 1]]);
  write(join(root, 'masks', '0.png'), 0, 0, 0, 0);
  t.match(reportOn(folder, root).remarks, [/1 of 1 images have an empty field of view, such as 0\.png/]);
});

t.test('what is left out, and why', async (t) => {
  const root = pairs(t.testdir({ more: {} }), [[0, 1, 0, 1]]);
  for (const file of ['images/._0.png', 'notes.txt', 'images/1.bmp', 'images/0.jpg.part'])
    writeFileSync(join(root, file), 'x');
  write(join(root, 'labels', '7.png'), 0, 1, 0, 1);
  write(join(root, 'more', '8.png'), 0, 1, 0, 1);
  const { leftOut, remarks, problems } = reportOn(folder, root);
  t.strictSame(problems, []);
  t.strictSame(
    leftOut.map(({ file, loss }) => [file, loss]),
    [
      ['images/._0.png', false],
      ['images/0.jpg.part', false],
      ['images/1.bmp', true],
      ['labels/7.png', true],
      ['more/8.png', true],
      ['notes.txt', false],
    ],
  );
  t.match(leftOut[2].reason, /BMP is not read: save it as PNG/);
  t.match(remarks, [/3 files are left out, such as images\/1\.bmp \(BMP/]);
});

t.test('labels in a folder of another name are recognised', async (t) => {
  const root = t.testdir();
  for (const name of ['images', 'masks', 'eye_1stHO']) write(join(root, name, '0.png'), 0, 255, 0, 255);
  const { remarks, census } = reportOn(folder, root);
  t.strictSame(census.unlabelled, ['0.png']);
  t.match(remarks[0], /no image has a label; "eye_1stHO", "masks" looks like labels: rename it to "labels"/);
});

t.test('published layouts are in order, their tables included; a second observer is no loss', async (t) => {
  for (const [dataset, name] of [
    [camseq01, 'camseq-tiny'],
    [drive, 'drive-tiny'],
  ] as const) {
    const { problems, remarks, census } = reportOn(dataset, fixture(name));
    t.strictSame([problems, remarks], [[], []], name);
    t.ok(census.samples > 1);
  }
  const root = t.testdir({ '2nd_manual': { '01.gif': 'x' }, other: { '01.gif': 'x' } });
  t.strictSame(
    leftOut(root, [], drive.unread).map(({ file }) => file),
    ['other/01.gif'],
  );
});
