/** What lambdas are measured on: the noise that calibration images get, and which images are drawn. */

import t from 'tap';
import { type CleanImage, calibrationInputs, drawImages } from '../../lib/convert/calibration.js';
import { UsageError } from '../../lib/core/error.js';

const [HEIGHT, WIDTH] = [40, 50];
/** Grey pictures of one level each: what is added to them can be told from what was there. */
const images: CleanImage[] = Array.from({ length: 60 }, (_, i) => ({
  name: `train/${i}`,
  height: HEIGHT,
  width: WIDTH,
  input: new Float32Array(HEIGHT * WIDTH).fill((i % 4) / 4),
}));

/** Mean and deviation of what was added to image i, in grey levels. */
function noiseOf(noisy: Float32Array, i: number): { mean: number; sigma: number } {
  const noise = Array.from(noisy, (value, p) => 255 * (value - images[i].input[p]));
  const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
  const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
  return { mean, sigma: Math.sqrt(variance) };
}

t.test('a denoiser sees noise as in training: one sigma an image, 0 to 55 grey levels', async (t) => {
  const inputs = calibrationInputs(images, 'denoise', 1);
  t.strictSame(
    inputs.map(({ name, height, width }) => ({ name, height, width })),
    images.map(({ name, height, width }) => ({ name, height, width })),
  );
  const found = inputs.map(({ input }, i) => noiseOf(input, i));
  const standardError = 55 / Math.sqrt(HEIGHT * WIDTH);
  t.ok(
    found.every(({ mean }) => Math.abs(mean) < 4 * standardError),
    'mean 0',
  );
  const sigmas = found.map(({ sigma }) => sigma).sort((a, b) => a - b);
  t.ok(sigmas[59] < 55 * 1.05, `the largest of 60 is ${sigmas[59]}`);
  // 60 draws from 0..55: each third of the range has 20 +- 3.7 of them.
  for (const third of [0, 1, 2]) {
    const [low, high] = [(55 * third) / 3, (55 * (third + 1)) / 3];
    const count = sigmas.filter((sigma) => sigma >= low && sigma < high * (third === 2 ? 1.05 : 1)).length;
    t.ok(count > 8 && count < 32, `${count} sigmas from ${low.toFixed(0)} to ${high.toFixed(0)}`);
  }
  t.ok(
    inputs.every(({ clean }, i) => clean === images[i].input),
    'the clean picture is kept beside it',
  );
  t.ok(
    images.every(({ input }, i) => input.every((value) => value === (i % 4) / 4)),
    'and is not changed',
  );
});

t.test('the same seed gives the same noise; another seed or another image has another', async (t) => {
  const [first, again, other] = [1, 1, 2].map((seed) => calibrationInputs(images, 'denoise', seed));
  t.ok(first.every(({ input }, i) => Buffer.compare(bytes(input), bytes(again[i].input)) === 0));
  t.ok(first.every(({ input }, i) => Buffer.compare(bytes(input), bytes(other[i].input)) !== 0));
  const sigmas = new Set(first.map(({ input }, i) => noiseOf(input, i).sigma.toFixed(6)));
  t.equal(sigmas.size, images.length, 'every image has a sigma of its own');
});

t.test('the noise of an image does not depend on which others are measured', async (t) => {
  const all = calibrationInputs(images, 'denoise', 3);
  const few = calibrationInputs([images[41], images[7]], 'denoise', 3);
  for (const [i, k] of [41, 7].entries())
    t.equal(Buffer.compare(bytes(few[i].input), bytes(all[k].input)), 0, few[i].name);
});

t.test('a segmenter sees the pictures as they are', async (t) => {
  for (const [i, { input, clean, name }] of calibrationInputs(images, 'segment', 1).entries()) {
    t.equal(input, images[i].input, name);
    t.equal(clean, undefined);
  }
});

t.test('images are drawn without repetition, in their own order, by the seed', async (t) => {
  const draw = (count: number, seed: number) =>
    drawImages(images, count, seed).map((image) => images.indexOf(image));
  for (const seed of [1, 2, 3]) {
    const drawn = draw(12, seed);
    t.equal(new Set(drawn).size, 12);
    t.strictSame(
      drawn,
      [...drawn].sort((a, b) => a - b),
    );
    t.strictSame(draw(12, seed), drawn);
  }
  t.notSame(draw(12, 1), draw(12, 2));
  const counts = new Map(images.map((image) => [image, 0]));
  for (let seed = 0; seed < 300; seed++) {
    for (const image of drawImages(images, 12, seed)) counts.set(image, counts.get(image)! + 1);
  }
  // Binomial: 300 draws, a fifth of the images each: 60 +- 7.
  t.ok(
    [...counts.values()].every((count) => count > 32 && count < 88),
    'each is as likely',
  );
});

t.test('as many as there are, or more, are all of them; none is refused', async (t) => {
  t.equal(drawImages(images, 60, 1).length, 60);
  t.equal(drawImages(images, 61, 1).length, 60);
  for (const count of [0, -1, Number.NaN])
    t.throws(() => drawImages(images, count, 1), new UsageError(`images ${count}: expected at least 1`));
});

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
