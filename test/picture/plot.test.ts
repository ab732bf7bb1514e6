import t from 'tap';
import type { Image } from '../../lib/picture/image.js';
import { logTicks, type Plot, plot, ticks } from '../../lib/picture/plot.js';
import type { Colour } from '../../lib/picture/sheet.js';

const RED: Colour = [255, 0, 0];
const options = { xLabel: 'x', levelName: 'level', columns: 2 };
const one = (points: Plot['lines'][number]['points'], level?: number): Plot => ({
  title: 'one',
  lines: [{ name: 'red', colour: RED, points }],
  level,
});

/** The pixels of a colour in the panel at the left, [x, y] each. */
function pixels({ width, data }: Image, colour: Colour): [number, number][] {
  const found: [number, number][] = [];
  for (let p = 0; p < data.length / 3; p++) {
    const [x, y] = [p % width, Math.floor(p / width)];
    if (x < width / 2 && colour.every((value, c) => data[3 * p + c] === value)) found.push([x, y]);
  }
  return found;
}

t.test('ticks are round numbers inside the range', async (t) => {
  const labels = (low: number, high: number) => ticks(low, high).map(({ label }) => label);
  t.strictSame(labels(0.79, 0.815), ['0.790', '0.795', '0.800', '0.805', '0.810', '0.815']);
  t.strictSame(labels(27.1, 31.2), ['28', '29', '30', '31']);
  t.strictSame(labels(-1, 1), ['-1.0', '-0.5', '0.0', '0.5', '1.0']);
  t.strictSame(logTicks(18, 34), [20, 30]);
  t.strictSame(logTicks(0.3, 12), [0.5, 1, 2, 5, 10]);
  t.strictSame(logTicks(0.001, 1000), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
});

t.test('x is logarithmic: equal factors are equal distances; a larger y is further up', async (t) => {
  const xs = [1, 10, 100].map((x) => {
    const sheet = plot([one([x, 0.5, 200].map((at, i) => ({ x: at, y: i === 0 ? 1 : 0 })))], options);
    const top = Math.min(...pixels(sheet, RED).map(([, y]) => y));
    return Math.min(...pixels(sheet, RED).flatMap(([x, y]) => (y === top ? [x] : [])));
  });
  t.ok(xs[0] < xs[1]);
  t.ok(Math.abs(xs[2] - xs[1] - (xs[1] - xs[0])) <= 1, `${xs}`);
});

t.test('the sheet has room for every panel and the legend, whose names come once', async (t) => {
  const points = [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ];
  const sheet = plot([one(points, 3), one(points), one([])], options);
  t.same([sheet.height % 2, sheet.width % 2, sheet.channels], [0, 0, 3]);
  const twice = plot([one(points, 3), one(points, 3), one([])], options);
  const half = (image: Image) => Buffer.from(image.data.subarray(image.data.length / 2));
  t.ok(half(sheet).equals(half(twice)), 'the lower half: an empty panel and the same legend');
});

t.test('one point, a level, equal values and nothing at all are drawn, too', async (t) => {
  t.ok(pixels(plot([one([{ x: 5, y: 5 }])], options), RED).length > 0);
  t.ok(pixels(plot([one([{ x: 5, y: 5 }], 5)], options), RED).length > 0);
  t.equal(pixels(plot([one([])], options), RED).length, 0);
});
