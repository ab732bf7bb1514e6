/** Views of pictures and results as ndarrays, and pictures of views of any strides. */

import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import t from 'tap';
import { imageOfView, viewImage, viewTensor } from '../../lib/node/views.js';
import { makeImage } from '../../lib/picture/image.js';

const image = makeImage(
  2,
  3,
  3,
  Uint8Array.from({ length: 18 }, (_, i) => 10 * i),
);

t.test('a view is the picture itself', async (t) => {
  const view = viewImage(image);
  t.strictSame(view.shape, [2, 3, 3]);
  t.equal(view.get(1, 2, 0), image.data[(1 * 3 + 2) * 3]);
  t.equal(view.data, image.data);
});

t.test('a picture of a mirrored, cropped, transposed view', async (t) => {
  const mirrored = imageOfView(viewImage(image).step(1, -1).lo(0, 1));
  t.strictSame([mirrored.height, mirrored.width, mirrored.channels], [2, 2, 3]);
  t.strictSame(
    [...mirrored.data],
    [1, 0, 4, 3].flatMap((pixel) => [0, 1, 2].map((c) => 10 * (3 * pixel + c))),
  );
  const grey = imageOfView(viewImage(image).pick(null, null, 0).transpose(1, 0));
  t.strictSame([grey.height, grey.width, grey.channels], [3, 2, 1]);
  t.strictSame([...grey.data], [0, 90, 30, 120, 60, 150]);
});

t.test('levels are rounded and clipped, other shapes are refused', async (t) => {
  const levels = ndarray(new Float32Array(4), [2, 2]);
  ops.assign(levels, ndarray(Float32Array.of(-3, 0.6, 254.4, 300), [2, 2]));
  t.strictSame([...imageOfView(levels).data], [0, 1, 254, 255]);
  t.throws(() => imageOfView(ndarray(new Uint8Array(8), [2, 2, 2])), /got shape \[2,2,2\], expected/);
  t.throws(() => imageOfView(ndarray(new Uint8Array(8), [8])), /got shape \[8\], expected/);
  t.throws(() => viewTensor(new Float32Array(5), [2, 3]), /got 5 values, expected 6/);
  t.equal(viewTensor(Float32Array.of(1, 2, 3, 4), [2, 2]).get(1, 0), 3);
});
