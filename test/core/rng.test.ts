import t from 'tap';
import { stream, xoshiro128 } from '../../lib/core/rng.js';

t.test('xoshiro128**: the first numbers from the state 1, 2, 3, 4', async (t) => {
  const next = xoshiro128(Uint32Array.of(1, 2, 3, 4));
  // Worked out by hand: rotl(2 * 5, 7) * 9 = 11520; then s1 = 0; then s1 = 1029, and so on.
  t.strictSame([next(), next(), next()], [11520, 0, 5927040]);
});

t.test('the same seed and path give the same numbers, whatever was drawn before', async (t) => {
  const draw = (...path: (string | number)[]) => {
    const random = stream(...(path as [number]));
    return [random.uint32(), random.uniform(), random.integer(10), random.normal()];
  };
  const first = draw(1, 'example', 2, 3);
  draw(1, 'noise');
  t.strictSame(draw(1, 'example', 2, 3), first);
  for (const other of [draw(2, 'example', 2, 3), draw(1, 'example', 3, 2), draw(1, 'noise', 2, 3)])
    t.notSame(other, first);
});

t.test('paths that differ in one index have nothing in common', async (t) => {
  const firsts = new Set(Array.from({ length: 20000 }, (_, i) => stream(1, 'example', i).uniform()));
  t.equal(firsts.size, 20000);
  const mean = [...firsts].reduce((sum, u) => sum + u, 0) / firsts.size;
  t.ok(Math.abs(mean - 0.5) < 0.01, `mean ${mean}`);
});

t.test('uniform numbers fill 0..1 evenly, integers 0..n-1', async (t) => {
  const random = stream(5, 'even');
  const bins = new Float64Array(10);
  const faces = new Float64Array(6);
  for (let i = 0; i < 60000; i++) {
    const u = random.uniform();
    if (u < 0 || u >= 1) t.fail(`${u}`);
    bins[Math.floor(10 * u)] += 1;
    faces[random.integer(6)] += 1;
  }
  const chiSquare = (counts: Float64Array) => {
    const expected = 60000 / counts.length;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };
  t.ok(chiSquare(bins) < 27.9, `9 degrees of freedom: ${chiSquare(bins)}`); // 99.9 %
  t.ok(chiSquare(faces) < 20.5, `5 degrees of freedom: ${chiSquare(faces)}`);
  t.equal(random.integer(1), 0);
});

t.test('normal numbers have mean 0, variance 1, kurtosis 3', async (t) => {
  const random = stream(6, 'normal');
  const values = Float64Array.from({ length: 100000 }, () => random.normal());
  const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / values.length;
  t.ok(Math.abs(moment(1)) < 0.015);
  t.ok(Math.abs(moment(2) - 1) < 0.02);
  t.ok(Math.abs(moment(4) - 3) < 0.15);
});
