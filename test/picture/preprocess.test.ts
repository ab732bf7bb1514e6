import t from 'tap';
import { makeImage } from '../../lib/picture/image.js';
import { preprocess } from '../../lib/picture/preprocess.js';
import { golden } from './fixtures.js';

const drive = golden('drive-tiny');

t.test('drive: the input that OpenCV and numpy make, z-norm and all', async (t) => {
  for (const name of ['training/21', 'test/01']) {
    const { shape, data } = drive.tensor(`${name}.picture`);
    const picture = makeImage(shape[0], shape[1], 3, Uint8Array.from(data));
    t.same(preprocess('drive', picture, 1), drive.tensor(`${name}.input`).data, name);
  }
});

t.test('drive: levels are stretched with the rounding of numpy', async (t) => {
  const picture = makeImage(40, 40, 3, Uint8Array.from(golden('preprocess').tensor('delicate.picture').data));
  t.same(preprocess('drive', picture, 1), golden('preprocess').tensor('delicate.input').data);
});

t.test('drive: a brighter or flatter exposure of the same picture gives the same input', async (t) => {
  const grey = Uint8Array.from({ length: 24 * 24 }, (_, i) => (i * 37) % 64);
  const twice = makeImage(
    24,
    24,
    1,
    grey.map((level) => 3 * level + 40),
  );
  t.same(preprocess('drive', twice, 1), preprocess('drive', makeImage(24, 24, 1, grey), 1));
});

t.test('drive: a picture of one level is not a division by zero', async (t) => {
  const input = preprocess('drive', makeImage(16, 16, 1, new Uint8Array(256).fill(7)), 1);
  t.ok(input.every((value) => value === input[0] && value >= 0 && value <= 1));
});

t.test(
  'plain: levels over 255; colour becomes luma for one channel, grey is repeated for three',
  async (t) => {
    const colour = makeImage(1, 2, 3, Uint8Array.of(255, 0, 0, 10, 20, 30));
    t.same(preprocess('plain', colour, 3), Float32Array.of(1, 0, 0, 10 / 255, 20 / 255, 30 / 255));
    const luma = 0.299 * 10 + 0.587 * 20 + 0.114 * 30;
    t.same(preprocess('plain', colour, 1), Float32Array.of((0.299 * 255) / 255, luma / 255));
    const grey = makeImage(1, 2, 1, Uint8Array.of(51, 255));
    t.same(preprocess('plain', grey, 1), Float32Array.of(0.2, 1));
    t.same(preprocess('plain', grey, 3), Float32Array.of(0.2, 0.2, 0.2, 1, 1, 1));
    t.same(preprocess('drive', grey, 3).length, 6);
  },
);
