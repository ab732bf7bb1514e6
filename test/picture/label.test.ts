/**
 * Labels as programs save them (fixtures/make/image_labels.py): class ids as they are stored, or a refusal.
 */

import { readdirSync } from 'node:fs';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { classIdsOf, drawnInBlackAndWhite } from '../../lib/data/classIds.js';
import { readRaster } from '../../lib/node/pictureFiles.js';
import { drawnMask, labelColours, storedLabel } from '../../lib/picture/label.js';
import { fixture, golden } from './fixtures.js';

const meant = golden('labels');
const files = readdirSync(fixture('labels'));
const stored = (file: string) => storedLabel(readRaster(fixture(`labels/${file}`)), file);

/** The ids of a file, which is a set of its own. */
function idsOf(file: string, count: number, ignore?: number): Uint8Array {
  const label = stored(file);
  return classIdsOf(label, { count, ignore }, () => drawnInBlackAndWhite([label], { count, ignore }));
}

for (const file of meant.names) {
  t.test(`${file} holds the class ids that were meant`, async (t) => {
    const count = file.startsWith('two') ? 2 : 3;
    t.strictSame(
      [...idsOf(file, count, 255 * Number(file === 'void.png') || undefined)],
      [...meant.tensor(file).data],
    );
    if (count === 2) t.strictSame([...drawnMask(stored(file))], [...meant.tensor(file).data], 'as a mask');
  });
}

const refused: Record<string, RegExp> = {
  'bad-lossy.jpg': /is a JPEG, which does not keep values as they were: save labels as PNG/,
  'bad-smooth.png': /row \d, column \d holds the class \d+, expected 0 to 1.*smoothed edges/,
  'bad-coloured.png': /is in colour, row 0, column \d is \d+ \d+ \d+; expected class ids as grey levels/,
  'bad-opacity.png': /only its transparency differs: save the class ids as grey levels/,
  'bad-turned-palette.png': /its palette shows the index \d as grey \d+: which of them is the class/,
  'bad-turned.png': /a note in it \(EXIF\) says that it is to be turned/,
};

t.test('what cannot be a label is refused with file, pixel and remedy', async (t) => {
  t.strictSame(
    files.filter((file) => file.startsWith('bad-')),
    Object.keys(refused).sort(),
  );
  for (const [file, message] of Object.entries(refused)) {
    t.throws(() => idsOf(file, 2), {
      constructor: DataError,
      message: new RegExp(`^${file}: .*${message.source}`),
    });
  }
  t.throws(() => idsOf('grey.png', 2), /grey\.png: row \d, column \d holds the class 2, expected 0 to 1$/);
  t.throws(() => idsOf('void.png', 3), /holds the class 255, expected 0 to 2: .* add ignore 255/);
  t.throws(() => drawnMask(stored('bad-smooth.png')), /holds the grey level \d+, expected only 0 and 255/);
  t.throws(() => labelColours(readRaster(fixture('labels/bad-lossy.jpg')), 'x'), /x: is a JPEG/);
});

t.test('of a mask with a palette the colours count', async (t) => {
  const turned = drawnMask(stored('bad-turned-palette.png'));
  t.strictSame(
    [...turned],
    [...meant.tensor('two-palette.png').data].map((id) => 1 - id),
  );
});

t.test('colours are those of the palette, or of the pixels, without their opacity', async (t) => {
  const ids = meant.tensor('palette.png').data;
  const table = [
    [10, 20, 30],
    [200, 0, 0],
    [0, 0, 255],
  ];
  const expected = [...ids].flatMap((id) => table[id]);
  for (const file of ['palette.png', 'palette-alpha.png', 'bad-coloured.png'])
    t.strictSame([...labelColours(readRaster(fixture(`labels/${file}`)), file)], expected, file);
  const grey = labelColours(readRaster(fixture('labels/two-white16.png')), 'white');
  t.strictSame(
    [...grey],
    [...meant.tensor('two-white16.png').data].flatMap((id) => Array(3).fill(255 * id)),
  );
  t.throws(
    () => labelColours(readRaster(fixture('labels/grey16.png')), 'x'),
    /x: row \d, column \d is not a colour of 8 bits/,
  );
});

t.test('where nobody says how many classes there are, the labels say it', async (t) => {
  const guess = (file: string) =>
    classIdsOf(stored(file), {}, () => drawnInBlackAndWhite([stored(file)], {}));
  for (const file of ['grey.png', 'void.png', 'two-white.png', 'palette.png'])
    t.strictSame([...guess(file)], [...meant.tensor(file).data], file);
  const picture = { ...stored('grey.png'), values: Uint8Array.from({ length: 99 }, (_, i) => i) };
  t.throws(() => classIdsOf(picture, {}, () => false), /holds 99 different values: are they class ids\?/);
  const large = { ...stored('grey.png'), values: Uint16Array.of(300) };
  t.throws(() => classIdsOf(large, {}, () => false), /holds the class 300, expected at most 254/);
});
