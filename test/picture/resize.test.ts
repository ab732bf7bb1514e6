import t from 'tap';
import { makeImage } from '../../lib/picture/image.js';
import { resizeBilinear, resizeNearest } from '../../lib/picture/resize.js';
import { requireGolden } from '../engine/kernel/golden.js';
import { golden } from './fixtures.js';

const opencv = golden('datasets');
const bytesOf = (name: string) => Uint8Array.from(opencv.tensor(name).data);
const [height, width] = opencv.tensor('label').shape;

for (const size of ['small', 'large']) {
  t.test(`${size}: as OpenCV, but for its coarse weights`, async (t) => {
    const [h, w] = opencv.tensor(`${size}.label`).shape;
    const picture = resizeBilinear(makeImage(height, width, 3, bytesOf('picture')), h, w);
    requireGolden(t, picture.data, opencv.tensor(`${size}.picture`).data, `image/datasets:${size}.picture`);
    const label = resizeNearest(bytesOf('label'), { height, width }, h, w);
    requireGolden(t, label, opencv.tensor(`${size}.label`).data, `image/datasets:${size}.label`);
  });
}

t.test('the same size is the same picture', async (t) => {
  const picture = makeImage(height, width, 3, bytesOf('picture'));
  t.strictSame(resizeBilinear(picture, height, width), picture);
  t.strictSame(resizeNearest(bytesOf('label'), picture, height, width), bytesOf('label'));
});
