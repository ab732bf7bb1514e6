import t from 'tap';
import { adjustGamma } from '../../lib/picture/gamma.js';
import { golden } from './fixtures.js';

t.test('the same table as numpy, above and below 1', async (t) => {
  const levels = Uint8Array.from({ length: 256 }, (_, level) => level);
  for (const gamma of [1.2, 0.5]) {
    const expected = golden('preprocess').tensor(`gamma-${gamma}`).data;
    t.same([...adjustGamma(levels, gamma)], [...expected], `gamma ${gamma}`);
  }
});
