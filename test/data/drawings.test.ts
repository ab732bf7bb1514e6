/** The drawings of the synthetic twins, at a small size. */

import t from 'tap';
import { drawFundus } from '../../lib/data/twin/fundus.js';
import { drawMembranes } from '../../lib/data/twin/membranes.js';
import { drawStreet } from '../../lib/data/twin/street.js';
import { drawTexture } from '../../lib/data/twin/textures.js';

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

t.test('the same seed and index draw the same bytes, others draw others', async (t) => {
  const drawings = [
    (seed: number, index: number) => drawFundus(seed, index, 64).picture.data,
    (seed: number, index: number) => drawMembranes(seed, index, 64).picture.data,
    (seed: number, index: number) => drawMembranes(seed, index, 64).label,
    (seed: number, index: number) => drawStreet(seed, index, 48, 64).picture.data,
    (seed: number, index: number) => drawStreet(seed, index, 48, 64).label,
    (seed: number, index: number) => drawTexture(seed, index, 48, 64).data,
  ];
  for (const draw of drawings) {
    t.ok(same(draw(1, 3), draw(1, 3)));
    t.notOk(same(draw(1, 3), draw(2, 3)), 'another seed');
    t.notOk(same(draw(1, 3), draw(1, 4)), 'another picture');
  }
});
