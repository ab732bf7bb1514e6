import fc from 'fast-check';
import t from 'tap';
import { byNumber } from '../../lib/data/order.js';

t.test('names are in the order in which people count', async (t) => {
  const sorted = (names: string[]) => [...names].sort(byNumber);
  t.strictSame(sorted(['10.png', '9.png', '1.png', '2.png']), ['1.png', '2.png', '9.png', '10.png']);
  t.strictSame(sorted(['s10a2', 's2', 's10a10', 's']), ['s', 's2', 's10a2', 's10a10']);
  t.strictSame(sorted(['01', '1', '001', '02']), ['001', '01', '1', '02']);
  t.strictSame(sorted(['12345678901234567891', '12345678901234567890']), [
    '12345678901234567890',
    '12345678901234567891',
  ]);
});

t.test('it is an order: what comes out does not depend on what went in', async (t) => {
  const name = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'B', '_'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), (names) => {
      const sorted = [...names].sort(byNumber);
      const again = [...names].reverse().sort(byNumber);
      return sorted.every(
        (value, i) => value === again[i] && (i === 0 || byNumber(sorted[i - 1], value) <= 0),
      );
    }),
  );
  t.equal(byNumber('a', 'a'), 0);
});
