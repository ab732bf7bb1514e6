import t from 'tap';
import { scatter } from '../../lib/picture/scatter.js';

const BLUE = [0, 90, 200];

t.test('a dot lies where its pair is, beyond the axes at their end', async (t) => {
  const panel = { title: 'one', x: [0.5, 3], y: [0.25, 9] };
  const { width, data } = scatter([panel], { most: 1, xLabel: 'x', yLabel: 'y', columns: 1 });
  const found: [number, number][] = [];
  for (let p = 0; p < data.length / 3; p++)
    if (BLUE.every((value, c) => data[3 * p + c] === value)) found.push([p % width, Math.floor(p / width)]);
  // a square of 300 pixels whose corner is at (40, 40); the diagonal is drawn over the pair beyond the axes
  t.strictSame(found, [[40 + 150, 40 + 300 - 75]]);
});

t.test('panels stand in rows', async (t) => {
  const panel = { title: 'x', x: [], y: [] };
  const sizeOf = (count: number) => {
    const panels = Array.from({ length: count }, () => panel);
    const { width, height } = scatter(panels, { most: 1, xLabel: 'x', yLabel: 'y', columns: 2 });
    return [width, height];
  };
  t.strictSame(sizeOf(2), [760, 420]);
  t.strictSame(sizeOf(3), [760, 800]);
});
