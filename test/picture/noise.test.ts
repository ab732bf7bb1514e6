import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { addNoise } from '../../lib/picture/noise.js';

const clean = new Float32Array(40_000).fill(0.99);

t.test('the noise is what was added, its mean is 0 and its deviation sigma grey levels', async (t) => {
  const { input, noise } = addNoise(clean, 25, stream(1, 'noise'));
  t.ok(input.every((value, i) => value === Math.fround(clean[i] + noise[i])));
  const random = stream(1, 'noise');
  t.ok(noise.every((value) => value === Math.fround((25 / 255) * random.normal())));
  const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
  const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
  // Three standard errors of 40 000 draws: 0.5 % of sigma for the mean, 1.1 % for the deviation.
  t.ok(Math.abs(255 * mean) < 3 * (25 / 200), `mean ${255 * mean}`);
  t.ok(Math.abs(255 * Math.sqrt(variance) - 25) < 25 * 0.011, `deviation ${255 * Math.sqrt(variance)}`);
});

t.test('nothing is clipped, the clean image stays, the same stream gives the same noise', async (t) => {
  const { input, noise } = addNoise(clean, 25, stream(1, 'noise'));
  t.ok(input.some((value) => value > 1));
  t.ok(clean.every((value) => value === Math.fround(0.99)));
  t.same(addNoise(clean, 25, stream(1, 'noise')).noise, noise);
  t.not(addNoise(clean, 25, stream(2, 'noise')).noise[0], noise[0]);
});

t.test('sigma 0 changes nothing', async (t) => {
  t.same(addNoise(clean.subarray(0, 9), 0, stream(1)).input, clean.subarray(0, 9));
});
