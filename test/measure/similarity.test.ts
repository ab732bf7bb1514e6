/** PSNR and SSIM against scikit-image (fixtures/make/metric.py). */

import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { psnr } from '../../lib/measure/psnr.js';
import { ssim } from '../../lib/measure/ssim.js';
import { boundOf } from '../engine/kernel/golden.js';
import { readJsonGolden } from '../support/golden.js';

const { bound: BOUND } = boundOf('metric/similarity:case.0');

/** The formula of fixtures/make/metric.py. */
const picture = (size: number, k: number) =>
  Float64Array.from({ length: size }, (_, i) => (i * i * 7 + i * (13 + k) + 31 * k) % 251);

t.test('PSNR and SSIM of grey and colour pictures', async (t) => {
  for (const { height, width, channels, weight, ...expected } of readJsonGolden('metric/similarity.json')) {
    const size = height * width * channels;
    const [truth, other] = [picture(size, 1), picture(size, 2)];
    const image = truth.map((value, i) => weight * value + (1 - weight) * other[i]);
    const label = `${height}x${width}x${channels}`;
    t.ok(Math.abs(psnr(image, truth) - expected.psnr) <= BOUND, `${label}: PSNR ${expected.psnr}`);
    t.ok(
      Math.abs(ssim(image, truth, { height, width, channels }) - expected.ssim) <= BOUND,
      `${label}: SSIM ${expected.ssim}`,
    );
  }
});

t.test('equal pictures: infinite PSNR, SSIM 1', async (t) => {
  const image = picture(12 * 12, 1);
  t.equal(psnr(image, image), Number.POSITIVE_INFINITY);
  t.ok(Math.abs(ssim(image, image, { height: 12, width: 12, channels: 1 }) - 1) < 1e-12);
});

t.test('another peak shifts PSNR by its ratio', async (t) => {
  const [image, truth] = [Float32Array.of(0.5, 0.25), Float32Array.of(0.5, 0.5)];
  t.ok(Math.abs(psnr(image, truth, 1) - 10 * Math.log10(2 / 0.0625)) < 1e-12);
});

t.test('pictures that cannot be compared are refused', async (t) => {
  t.throws(() => psnr([1], [1, 2]), /truth: got 2 values, expected 1/);
  t.throws(() => ssim(picture(100, 1), picture(100, 2), { height: 10, width: 10, channels: 1 }), UsageError);
  t.throws(
    () => ssim(picture(121, 1), picture(120, 2), { height: 11, width: 11, channels: 1 }),
    /truth: got 120 values/,
  );
});
