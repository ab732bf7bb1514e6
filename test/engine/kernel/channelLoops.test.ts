/** Sums and scales of channels in float64: every engine gives the bits of the definition. */

import t from 'tap';
import { stream } from '../../../lib/core/rng.js';
import { channelLoops } from '../../../lib/op/channelLoops.js';
import { backends } from './backends.js';
import { requireSameBits } from './bits.js';

const random = stream(1, 'channels');
const floats = (length: number) => Float32Array.from({ length }, () => random.uniform() * 4 - 2);
const doubles = (length: number) => Float64Array.from({ length }, () => random.uniform() * 4 - 2);

for (const [engine, kernels] of backends) {
  t.test(`${engine}: every number of channels and of pixels`, async (t) => {
    for (const [pixels, C] of [
      [1, 1],
      [5, 2],
      [7, 3],
      [33, 7],
      [20, 8],
      [3, 9],
      [9000, 12],
      [5, 24],
      [4100, 17],
    ]) {
      const what = `${pixels} pixels, ${C} channels`;
      const [values, gradients] = [floats(pixels * C), floats(pixels * C)];
      const [start, slope, mean, shift, pull] = Array.from({ length: 5 }, () => doubles(C));
      const sums = [channelLoops, kernels.channels].map((loops) => {
        const all = [start.slice(), start.slice(), start.slice()];
        loops.addValues(all[0], values);
        loops.addSquares(all[1], values, mean);
        loops.addProducts(all[2], gradients, values, mean);
        return all;
      });
      t.strictSame(sums[1], sums[0], `sums, ${what}`);
      const tensors = [channelLoops, kernels.channels].map((loops) => {
        const [out, back] = [new Float32Array(values.length), gradients.slice()];
        loops.scale(out, values, { slope, mean, shift });
        loops.scaleBack(back, values, { slope, mean, shift, pull });
        return { out, back };
      });
      requireSameBits(tensors[1].out, tensors[0].out, `scale, ${what}`);
      requireSameBits(tensors[1].back, tensors[0].back, `scaleBack, ${what}`);
    }
  });
}

t.test('two channels by hand', async (t) => {
  const values = Float32Array.of(1, 5, 3, 7);
  const mean = Float64Array.of(2, 5);
  const sums = Float64Array.of(10, 0);
  channelLoops.addValues(sums, values);
  t.strictSame(sums, Float64Array.of(14, 12));
  channelLoops.addSquares(sums, values, mean);
  t.strictSame(sums, Float64Array.of(16, 16));
  const gradients = Float32Array.of(1, 2, 3, 4);
  channelLoops.addProducts(sums, gradients, values, mean);
  t.strictSame(sums, Float64Array.of(18, 24));
  const of = { slope: Float64Array.of(2, 1), mean, shift: Float64Array.of(0.5, 0) };
  const out = new Float32Array(4);
  channelLoops.scale(out, values, of);
  t.strictSame(out, Float32Array.of(-1.5, 0, 2.5, 2));
  channelLoops.scaleBack(gradients, values, { ...of, pull: Float64Array.of(1, 0.5) });
  t.strictSame(gradients, Float32Array.of(3, 2, 3, 3));
});
