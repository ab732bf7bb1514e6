import t from 'tap';
import { clahe } from '../../lib/picture/clahe.js';
import { golden } from './fixtures.js';

const opencv = golden('preprocess');
const cases = opencv.names.flatMap((name) => (name.endsWith('.grey') ? [name.slice(0, -5)] : []));

t.test('the same levels as OpenCV, to the bit, whichever sides the tiles divide', async (t) => {
  t.equal(cases.length, 10);
  for (const name of cases) {
    const [clipLimit, tilesX, tilesY] = opencv.metadata[name].split(' ').map(Number);
    const { shape, data } = opencv.tensor(`${name}.grey`);
    const got = clahe(Uint8Array.from(data), shape[0], shape[1], { clipLimit, tilesX, tilesY });
    t.same([...got], [...opencv.tensor(`${name}.equalised`).data], name);
  }
});

t.test('the input is not changed', async (t) => {
  const grey = Uint8Array.from({ length: 20 * 20 }, (_, i) => i % 251);
  const copy = grey.slice();
  clahe(grey, 20, 20, { clipLimit: 2, tilesX: 8, tilesY: 8 });
  t.same(grey, copy);
});
