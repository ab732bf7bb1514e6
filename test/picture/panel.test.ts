import t from 'tap';
import { drawText, GLYPH_HEIGHT, textWidth } from '../../lib/picture/font.js';
import { type Image, makeImage } from '../../lib/picture/image.js';
import { panel } from '../../lib/picture/panel.js';

const MARGIN = 6;
const TOP = MARGIN + GLYPH_HEIGHT + MARGIN;

/** A picture of one level. */
const plain = (height: number, width: number, level: number, channels: 1 | 3 = 1) =>
  makeImage(height, width, channels, new Uint8Array(height * width * channels).fill(level));

/** The smallest rectangle that holds every pixel of a level: [top, left, height, width]. */
function extent({ height, width, data }: Image, level: number): number[] {
  const pixels = Array.from({ length: height * width }, (_, p) => p).filter((p) => data[3 * p] === level);
  const [rows, columns] = [pixels.map((p) => Math.floor(p / width)), pixels.map((p) => p % width)];
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return [top, left, Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
}

t.test('pictures stand side by side with equal margins, under their captions', async (t) => {
  const sheet = panel([
    { caption: 'A', image: plain(130, 140, 100) },
    { caption: 'B', image: plain(130, 128, 200, 3) },
  ]);
  t.equal(sheet.height, TOP + 130 + MARGIN);
  t.equal(sheet.width, MARGIN + 140 + MARGIN + 128 + MARGIN);
  t.same(extent(sheet, 100), [TOP, MARGIN, 130, 140]);
  t.same(extent(sheet, 200), [TOP, MARGIN + 140 + MARGIN, 130, 128]);
  const ink = extent(sheet, 40);
  t.same([ink[0], ink[2]], [MARGIN, GLYPH_HEIGHT]);
  t.equal(ink[1], MARGIN + Math.floor((140 - textWidth('A')) / 2), 'captions are centred');
});

t.test('small pictures are enlarged by a whole factor, without blending', async (t) => {
  const image = makeImage(2, 3, 1, Uint8Array.of(1, 2, 3, 4, 5, 6));
  const sheet = panel([{ caption: '', image }], { enlarge: 4 });
  for (const [p, level] of image.data.entries()) {
    t.same(extent(sheet, level), [TOP + 4 * Math.floor(p / 3), MARGIN + 4 * (p % 3), 4, 4]);
  }
  t.equal(panel([{ caption: '', image: plain(48, 48, 9) }]).width, MARGIN + 3 * 48 + MARGIN, '128 and more');
});

t.test('a caption wider than its picture widens the column', async (t) => {
  const caption = 'Spiking-UNet T=10';
  const sheet = panel([{ caption, image: plain(20, 30, 100) }], { enlarge: 1 });
  t.equal(sheet.width, MARGIN + textWidth(caption) + MARGIN);
  t.equal(extent(sheet, 100)[3], 30);
});

t.test('captions grow with the pictures', async (t) => {
  const sheet = panel([{ caption: 'T', image: plain(512, 512, 100) }]);
  t.same(extent(sheet, 40).slice(2), [2 * GLYPH_HEIGHT, 2 * textWidth('T')]);
});

t.test('letters look like letters', async (t) => {
  const image = makeImage(7, 11, 1);
  drawText(image, 't5', 0, 0, 1);
  const rows = Array.from({ length: 7 }, (_, y) => [...image.data.subarray(11 * y, 11 * y + 11)]);
  const drawn = rows.map((row) => row.map((pixel) => (pixel ? '#' : '.')).join(''));
  t.same(drawn, [
    '#####.#####',
    '..#...#....',
    '..#...####.',
    '..#.......#',
    '..#.......#',
    '..#...#...#',
    '..#....###.',
  ]);
});

t.test('what lies outside of the picture is cut off', async (t) => {
  const [small, large] = [makeImage(7, 11, 1), makeImage(27, 31, 1)];
  drawText(small, 'MWX', -3, 4, 2);
  drawText(large, 'MWX', 10 - 3, 10 + 4, 2);
  const window = Array.from({ length: 7 }, (_, y) => [
    ...large.data.subarray(31 * (10 + y) + 10).subarray(0, 11),
  ]);
  t.same([...small.data], window.flat());
});

t.test('every sign of the captions has a glyph of its own', async (t) => {
  const signs = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+=/()%_*<>?!'#"];
  const drawings = signs.map((sign) => {
    const image = makeImage(7, 5, 1);
    drawText(image, sign, 0, 0, 1);
    return image.data.join('');
  });
  t.equal(new Set(drawings).size, signs.length);
  t.notOk(drawings.includes('0'.repeat(35)));
});
