/** Figures: what stands where, how errors are coloured, and that the box is where a network is most wrong. */

import t from 'tap';
import { classColour, overlay } from '../../lib/picture/colour.js';
import { figure } from '../../lib/picture/figure.js';
import { makeImage } from '../../lib/picture/image.js';
import type { Sample } from '../../lib/picture/sample.js';

const SIDE = 128;
const black = () => new Uint8Array(SIDE * SIDE);

/**
 * Pixel (y, x) of the k-th picture of a row that starts at
 * `top`; a caption and margins lie above and between.
 */
const MARGIN = 6;
function reader(image: { data: Uint8Array; width: number }, rowTop: number) {
  return (k: number, y: number, x: number) => {
    const p = (rowTop + y) * image.width + MARGIN + k * (SIDE + MARGIN) + x;
    return [...image.data.subarray(3 * p, 3 * p + 3)];
  };
}

/** The first row of a sheet that shows pictures: below it nothing is paper in the first column. */
function rowTops(image: { data: Uint8Array; width: number; height: number }, column: number): number[] {
  const paper = (y: number) => image.data[3 * (y * image.width + column)] === 255;
  return Array.from({ length: image.height }, (_, y) => y).filter(
    (y) => y > 0 && !paper(y) && paper(y - 1) && y + SIDE <= image.height && !paper(y + SIDE - 1),
  );
}

t.test('two classes: missed in red, found in vain in blue, the box around the worst', async (t) => {
  const [label, prediction] = [black(), black()];
  for (let x = 100; x < 110; x++) label[100 * SIDE + x] = 1; // a line that is missed
  prediction[10 * SIDE + 10] = 1; // a dot that is not there
  const picture = makeImage(SIDE, SIDE, 1, black().fill(90));
  const input = new Float32Array(SIDE * SIDE);
  const sample: Sample = { name: 'x', height: SIDE, width: SIDE, channels: 1, input, picture, label };
  const sheet = figure(sample, input, [{ caption: 'U-Net', prediction }], 2);
  const lastColumn = MARGIN + 2 * (SIDE + MARGIN) + 1;
  const tops = rowTops(sheet, lastColumn);
  t.equal(tops.length, 3, 'whole, box, errors');
  const [whole, errors] = [reader(sheet, tops[0]), reader(sheet, tops[2])];
  t.strictSame(whole(0, 5, 5), [90, 90, 90], 'input');
  t.strictSame(whole(1, 100, 105), [255, 255, 255], 'truth');
  t.strictSame(whole(2, 10, 10), [255, 255, 255], 'prediction');
  t.strictSame(errors(2, 100, 105), [220, 0, 0], 'missed');
  t.strictSame(errors(2, 10, 10), [60, 90, 255], 'in vain');
  t.strictSame(errors(2, 50, 50), [0, 0, 0], 'right');
  t.strictSame(errors(1, 50, 50), [255, 255, 255], 'errors stand below their network');
  t.strictSame(whole(0, 80, 80), [0, 200, 0], 'a corner of the box, which holds the line');
});

t.test('denoising: the noisy input, the clean picture, errors in grey', async (t) => {
  const clean = new Float32Array(SIDE * SIDE).fill(0.5);
  const picture = makeImage(SIDE, SIDE, 1, black().fill(128));
  const sample: Sample = { name: 'x', height: SIDE, width: SIDE, channels: 1, input: clean, picture };
  const seen = clean.map((value, p) => (p === 0 ? 1.7 : value - 0.25));
  const prediction = clean.map((value, p) => (p % SIDE === 64 ? value + 0.125 : value));
  const sheet = figure(sample, seen, [{ caption: 'U-Net', prediction }], 1);
  const tops = rowTops(sheet, MARGIN + 2 * (SIDE + MARGIN) + 1);
  const [whole, errors] = [reader(sheet, tops[0]), reader(sheet, tops.at(-1)!)];
  t.strictSame(whole(0, 60, 5), [64, 64, 64], 'with its noise');
  t.strictSame(whole(1, 60, 5), [128, 128, 128], 'clean');
  t.strictSame(errors(2, 5, 64), [128, 128, 128], 'four times an error of an eighth');
});

t.test('colours of classes are far apart; the first class is not drawn over a picture', async (t) => {
  const colours = Array.from({ length: 32 }, (_, id) => classColour(id));
  for (const [a, colour] of colours.entries()) {
    for (const other of colours.slice(0, a)) {
      const distance = Math.max(...colour.map((level, c) => Math.abs(level - other[c])));
      t.ok(distance >= 16, `${colour} and ${other}`);
    }
  }
  const picture = makeImage(1, 2, 1, Uint8Array.of(100, 100));
  const [red, green, blue] = classColour(3);
  const tinted = overlay(picture, Uint8Array.of(0, 3));
  t.strictSame([...tinted.data], [100, 100, 100, ...[red, green, blue].map((level) => (100 + level) >> 1)]);
});
