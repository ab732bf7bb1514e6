/** Evaluation as the authors' code does it: an image in independent patches, with its padding. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { unetRun } from '../../lib/engine/predict.js';
import { patchwiseRun } from '../../lib/engine/tiles.js';
import type { Sample } from '../../lib/picture/sample.js';
import { padToPatches } from '../../lib/train/patches.js';
import { engineOf, floatImage } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';

/** Pixel (x, y) of an image [H,W,C], its channel c. */
const at = (width: number, channels: number, y: number, x: number, c: number) =>
  (y * width + x) * channels + c;

for (const [engine, kernels] of backends) {
  t.test(`${engine}: each patch is what the network makes of it alone`, async (t) => {
    const model = randomModel({ task: 'segment', width: 2, channels: 3, classes: 2 });
    const [height, width, size] = [64, 48, 32];
    const image = randomImage(stream(1, 'image'), height, width, 3);
    const run = unetRun(engineOf(kernels).prepare(model));
    const { output } = patchwiseRun(run, model.layers, size)(floatImage(image, height, width));
    for (const [top, left, h, w] of [
      [0, 0, 32, 32],
      [0, 32, 32, 16], // what is left over at the right
      [32, 0, 32, 32],
      [32, 32, 32, 16],
    ]) {
      const patch = Float32Array.from({ length: h * w * 3 }, (_, i) => {
        const [y, x, c] = [Math.floor(i / (3 * w)), Math.floor(i / 3) % w, i % 3];
        return image[at(width, 3, top + y, left + x, c)];
      });
      const alone = run(floatImage(patch, h, w)).output;
      const inside = alone.map((_, i) => {
        const [y, x, k] = [Math.floor(i / (2 * w)), Math.floor(i / 2) % w, i % 2];
        return output[at(width, 2, top + y, left + x, k)];
      });
      requireSameBits(inside, alone, `patch at ${top}, ${left}`);
    }
    const whole = run(floatImage(image, height, width)).output;
    t.ok(
      whole.some((value, i) => value !== output[i]),
      'the borders of the patches show',
    );
  });
}

t.test('a sample gets a black border, and no label outside the field of view', async (t) => {
  const sample: Sample = {
    name: 'x',
    height: 3,
    width: 2,
    channels: 1,
    input: Float32Array.of(1, 2, 3, 4, 5, 6),
    picture: { height: 3, width: 2, channels: 1, data: new Uint8Array(6) },
    label: Uint8Array.of(1, 1, 0, 1, 1, 1),
    fov: Uint8Array.of(0, 1, 1, 1, 1, 1),
  };
  const padded = padToPatches(sample, 4);
  t.strictSame([padded.height, padded.width], [4, 4]);
  t.strictSame([...padded.input], [1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0]);
  t.strictSame([...padded.label!], [0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  t.strictSame([...padded.fov!], [0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  const { fov: _, label: __, ...bare } = sample;
  t.strictSame([...padToPatches(bare, 2).fov!], [1, 1, 1, 1, 1, 1, 0, 0], 'all of it is inside');
});
