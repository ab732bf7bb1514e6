import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { makeImage } from '../../lib/picture/image.js';
import type { Sample } from '../../lib/picture/sample.js';
import { drawPatch, type PatchSize, requireRoom } from '../../lib/train/patches.js';

/** A sample whose values tell where they come from: channel c of pixel p holds 1000 * id + p + c / 4. */
function sample(id: number, height: number, width: number, channels: 1 | 3, labelled = true): Sample {
  const length = height * width;
  const input = Float32Array.from(
    { length: length * channels },
    (_, i) => 1000 * id + Math.floor(i / channels) + (i % channels) / 4,
  );
  const label = Uint8Array.from({ length }, (_, p) => p % 251);
  const rest = {
    name: `s${id}`,
    height,
    width,
    channels,
    input,
    picture: makeImage(height, width, channels),
  };
  return labelled ? { ...rest, label } : rest;
}

t.test('a patch is a window of one sample, its label the same window', async () => {
  const side = fc.integer({ min: 1, max: 12 });
  const channels = fc.constantFrom(1 as const, 3 as const);
  fc.assert(
    fc.property(side, side, channels, fc.nat(), (height, width, channels, seed) => {
      const samples = [sample(0, height, width, channels), sample(1, width, height, channels)];
      const side = Math.min(height, width);
      const [h, w] = [1 + (seed % side), 1 + (Math.floor(seed / side) % side)];
      const { input, label, ...size } = drawPatch(samples, { height: h, width: w }, stream(seed));
      const drawn = samples[Math.floor(input[0] / 1000)];
      const corner = input[0] % 1000;
      const [top, left] = [Math.floor(corner / drawn.width), corner % drawn.width];
      if (size.height !== h || size.width !== w) return false;
      if (top + h > drawn.height || left + w > drawn.width) return false;
      if (input.length !== h * w * channels || label?.length !== h * w) return false;
      return input.every((value, i) => {
        const [y, x] = [Math.floor(i / channels / w), Math.floor(i / channels) % w];
        const p = (top + y) * drawn.width + left + x;
        const inPlace = value === drawn.input[p * channels + (i % channels)];
        return inPlace && label[y * w + x] === drawn.label![p];
      });
    }),
    { seed: 2, numRuns: 200 },
  );
});

t.test('every sample and every position is drawn about equally often', async (t) => {
  const samples = [sample(0, 3, 4, 1), sample(1, 4, 3, 1)];
  const random = stream(5, 'patches');
  const counts = new Map<number, number>();
  for (let i = 0; i < 12_000; i++) {
    const corner = drawPatch(samples, 2, random).input[0];
    counts.set(corner, (counts.get(corner) ?? 0) + 1);
  }
  t.equal(counts.size, 12);
  // 1000 expected; the standard deviation is 30.
  for (const [corner, count] of counts) t.ok(Math.abs(count - 1000) < 120, `${corner}: ${count}`);
});

t.test('the stream alone decides; samples without labels give patches without', async (t) => {
  const samples = [sample(0, 9, 9, 3, false), sample(1, 8, 9, 3, false)];
  const draw = (seed: number) => drawPatch(samples, 4, stream(seed, 'patch'));
  t.same(draw(1), draw(1));
  t.not(draw(1).input[0], draw(2).input[0]);
  t.notOk('label' in draw(1));
});

t.test('a patch larger than any of the images is refused, whichever would be drawn', async (t) => {
  const samples = [sample(0, 50, 60, 1), sample(1, 40, 60, 1)];
  const message = 'patch 48: larger than the image s1 (60x40), expected at most 40';
  for (let seed = 0; seed < 8; seed++) {
    t.throws(() => drawPatch(samples, 48, stream(seed)), { constructor: UsageError, message });
  }
  t.throws(() => drawPatch([], 48, stream(1)), { constructor: DataError, message: /got no samples/ });
});

t.test(
  'a number is the side of a square, and draws what it drew before patches could be rectangles',
  async (t) => {
    const samples = [sample(0, 9, 12, 3), sample(1, 14, 8, 3)];
    const hash = createHash('sha256');
    for (let seed = 0; seed < 40; seed++) {
      const draw = (size: PatchSize) => drawPatch(samples, size, stream(seed, 'patch'), seed % 2 === 1);
      const square = draw(5);
      t.strictSame(draw({ height: 5, width: 5 }), square);
      hash.update(new Uint8Array(square.input.buffer)).update(square.label!);
    }
    t.equal(hash.digest('hex'), 'b1b468fb040c533e391b131180fb30abc35be9ee347a422f6efbe3f5ab42ace5');
  },
);

t.test('a rectangle that is too high or too wide for an image is refused', async (t) => {
  const samples = [sample(0, 50, 60, 1), sample(1, 40, 60, 1)];
  const refused = (height: number, width: number, message: string) =>
    t.throws(() => requireRoom(samples, { height, width }), { constructor: UsageError, message });
  const most = (size: string) => `expected at most ${size} (height x width)`;
  refused(48, 16, `patch 48x16: larger than the image s1 (60x40), ${most('40x60')}`);
  refused(32, 64, `patch 32x64: larger than the image s0 (60x50), ${most('50x60')}`);
  t.doesNotThrow(() => requireRoom(samples, { height: 40, width: 60 }));
});

t.test('flips: a rectangle is mirrored in place', async (t) => {
  const corners = [0, 7, 24, 31];
  const size = { height: 4, width: 8 };
  const seen = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const { input } = drawPatch([sample(0, 4, 8, 1)], size, stream(seed), true);
    seen.add(input[0]);
    t.equal(input[0] + input[31], 31, 'opposite corners stay opposite');
    t.equal(Math.abs(input[0] - input[7]), 7, 'a row stays a row');
  }
  t.strictSame(
    [...seen].sort((a, b) => a - b),
    corners,
  );
});

t.test('flips: a patch is mirrored in every way, label and all', async (t) => {
  const size = 16;
  const corners = [0, size - 1, size * (size - 1), size * size - 1];
  const seen = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const patch = drawPatch([sample(0, size, size, 1)], size, stream(seed), true);
    seen.add(patch.input[0]);
    t.equal(patch.label![5], patch.input[5] % 251);
    t.equal(patch.input[0] + patch.input[size * size - 1], size * size - 1, 'opposite corners stay opposite');
  }
  t.strictSame(
    [...seen].sort((a, b) => a - b),
    corners,
  );
});
