import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { camseq01 } from '../../lib/data/camseq01.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { makeImage } from '../../lib/picture/image.js';
import { requireGolden } from '../engine/kernel/golden.js';
import { fixture, golden } from '../picture/fixtures.js';
import { problemsOf } from './problems.js';

const directory = fixture('camseq-tiny');
const opencv = golden('datasets');
const ROW_STEP = 16; // the rows that the golden file holds
const load = (folder: string, split: 'train' | 'test' | 'all' = 'all') =>
  camseq01.load({ directory: folder, split, seed: 0 });

const everyRow = (values: Uint8Array, length: number) =>
  Array.from({ length: values.length / length / ROW_STEP }, (_, i) => [
    ...values.subarray(i * ROW_STEP * length, (i * ROW_STEP + 1) * length),
  ]).flat();

/** A copy of the tiny data set that may be damaged. */
function copy(folder: string): string {
  cpSync(directory, folder, { recursive: true });
  return folder;
}

t.test('frames at 256x256, classes by the colours that the folder names', async (t) => {
  t.strictSame(camseq01.classNamesIn!(directory), ['Sky', 'Road', 'Void']);
  const frames = load(directory);
  t.strictSame(
    frames.map(({ name }) => name),
    ['frame_07', 'frame_08', 'frame_09'],
  );
  for (const { name, height, width, picture, label } of frames) {
    t.strictSame([height, width], [256, 256]);
    for (const [part, values, length] of [
      ['picture', picture.data, 3 * 256],
      ['label', label!, 256],
    ] as const) {
      const tensor = `${name}.${part}`;
      requireGolden(t, everyRow(values, length), opencv.tensor(tensor).data, `image/datasets:${tensor}`);
    }
  }
  t.strictSame(problemsOf(camseq01, directory), []);
});

t.test('the last fifth is for tests, unless splits.json says otherwise', async (t) => {
  const names = (folder: string, split: 'train' | 'test') => load(folder, split).map(({ name }) => name);
  t.strictSame(names(directory, 'test'), ['frame_09']);
  t.strictSame(names(directory, 'train'), ['frame_07', 'frame_08']);
  const folder = copy(t.testdir());
  writeFileSync(join(folder, 'splits.json'), '{"train": ["frame_09"], "test": ["frame_07"]}');
  t.strictSame(names(folder, 'test'), ['frame_07']);
  t.strictSame(names(folder, 'train'), ['frame_09']);
  writeFileSync(join(folder, 'splits.json'), '{"train": 1}');
  t.throws(() => load(folder), { constructor: DataError, message: /splits\.json: expected/ });
});

t.test('what is missing, unknown or of another size is named', async (t) => {
  const folder = copy(t.testdir());
  const label = join(folder, 'frame_08_L.png');
  const colours = (data: number[]) => Uint8Array.from({ length: 3 * 18 * 24 }, (_, i) => data[i % 3]);
  writePng(label, makeImage(18, 24, 3, colours([1, 2, 3])));
  t.throws(() => load(folder), {
    constructor: DataError,
    message: /frame_08_L\.png: row 0, column 0 has the colour 1 2 3/,
  });
  writePng(label, makeImage(24, 18, 3, colours([0, 0, 0])));
  rmSync(join(folder, 'frame_09_L.png'));
  const problems = problemsOf(camseq01, folder);
  t.equal(problems.length, 2);
  t.match(problems[0], /frame_08_L\.png: is 18x24, expected 24x18/);
  t.match(problems[1], /frame_09_L\.png/);
  for (const [text, message] of [
    ['128 128\tSky\n', /line 1 is "128 128\tSky"/],
    ['1 2 3\tSky\n256 0 0\tRoad\n', /line 2/],
    ['1 2 3\tSky\n', /names 1 classes/],
    ['1 2 3\tSky\n1 2 3\tRoad\n', /Sky and Road share a colour/],
  ] as const) {
    writeFileSync(join(folder, 'label_colors.txt'), text);
    t.throws(() => load(folder), { constructor: DataError, message });
  }
});
