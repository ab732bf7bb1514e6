import fc from 'fast-check';
import t from 'tap';
import type { Sample } from '../../lib/image/dataset/dataset.js';
import { makeImage } from '../../lib/image/image.js';
import { drawPatch } from '../../lib/image/patches.js';
import { DataError, UsageError } from '../../lib/tensor/error.js';
import { stream } from '../../lib/tensor/rng.js';

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
      const size = 1 + (seed % Math.min(height, width));
      const { input, label } = drawPatch(samples, size, stream(seed));
      const drawn = samples[Math.floor(input[0] / 1000)];
      const corner = input[0] % 1000;
      const [top, left] = [Math.floor(corner / drawn.width), corner % drawn.width];
      if (top + size > drawn.height || left + size > drawn.width) return false;
      if (input.length !== size * size * channels || label?.length !== size * size) return false;
      return input.every((value, i) => {
        const [y, x] = [Math.floor(i / channels / size), Math.floor(i / channels) % size];
        const p = (top + y) * drawn.width + left + x;
        const inPlace = value === drawn.input[p * channels + (i % channels)];
        return inPlace && label[y * size + x] === drawn.label![p];
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
  const message = '--patch 48: larger than the image s1 (60x40), expected at most 40';
  for (let seed = 0; seed < 8; seed++) {
    t.throws(() => drawPatch(samples, 48, stream(seed)), { constructor: UsageError, message });
  }
  t.throws(() => drawPatch([], 48, stream(1)), { constructor: DataError, message: /not a single sample/ });
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
