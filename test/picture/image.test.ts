import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { makeImage, toGrey, toRgb } from '../../lib/picture/image.js';

t.test('data that does not fit the shape is refused', async (t) => {
  t.same(makeImage(2, 3, 3).data, new Uint8Array(18));
  t.throws(() => makeImage(2, 3, 1, new Uint8Array(5)), {
    constructor: DataError,
    message: /5 values, expected 6/,
  });
});

t.test('grey levels are luma, not rounded; those of a grey picture are its own', async (t) => {
  t.same([...toGrey(makeImage(1, 1, 3, Uint8Array.of(1, 2, 3)))], [0.299 * 1 + 0.587 * 2 + 0.114 * 3]);
  t.same([...toGrey(makeImage(1, 2, 1, Uint8Array.of(9, 255)))], [9, 255]);
});

t.test('a grey picture as RGB has its level in each channel; RGB stays as it is', async (t) => {
  const rgb = toRgb(makeImage(2, 1, 1, Uint8Array.of(9, 255)));
  t.same(rgb, makeImage(2, 1, 3, Uint8Array.of(9, 9, 9, 255, 255, 255)));
  t.equal(toRgb(rgb), rgb);
});
