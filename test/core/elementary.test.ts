/** exp, log, sine and cosine against correctly rounded values (fixtures/make/metric.py), and as bits. */

import t from 'tap';
import { cosTurns, exp, log, pow, sinTurns } from '../../lib/core/elementary.js';
import { readJsonGolden } from '../support/golden.js';

const functions: Readonly<Record<string, (x: number) => number>> = { exp, log, cosTurns };

/** Distance in units in the last place of the expected value; of 1 for a cosine, which has zeros. */
function ulps(got: number, expected: number, unit = Math.abs(expected)): number {
  if (got === expected) return 0;
  const spacing = Math.max(2 ** (Math.floor(Math.log2(unit)) - 52), 2 ** -1074);
  return Math.abs(got - expected) / spacing;
}

t.test('within 2 units in the last place', async (t) => {
  for (const { function: name, pairs } of readJsonGolden('metric/elementary.json')) {
    const f = functions[name];
    for (const [x, expected] of pairs) {
      const error = ulps(f(x), expected, name === 'cosTurns' ? 1 : undefined);
      t.ok(error <= 2, `${name}(${x}) = ${f(x)}: ${error} ulp`);
    }
  }
});

t.test('the same bits everywhere', async (t) => {
  const bits = (x: number) => new BigUint64Array(Float64Array.of(x).buffer)[0].toString(16);
  t.strictSame(
    [exp(1), exp(-0.1), log(3), log(0.1), cosTurns(0.1), sinTurns(0.3), pow(0.5, 1 / 1.2)].map(bits),
    [
      '4005bf0a8b14576a',
      '3fecf46d99d52b3a',
      '3ff193ea7aad030b',
      'c0026bb1bbb55515',
      '3fe9e3779b97f4a8',
      '3fee6f0e13445500',
      '3fe1f59ac3c7d6c0',
    ],
  );
});

t.test('edges', async (t) => {
  t.equal(exp(0), 1);
  t.equal(exp(-800), 0);
  t.equal(exp(800), Number.POSITIVE_INFINITY);
  t.equal(exp(Number.NEGATIVE_INFINITY), 0);
  t.ok(Number.isNaN(exp(Number.NaN)));
  t.equal(log(1), 0);
  t.equal(log(0), Number.NEGATIVE_INFINITY);
  t.equal(log(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  t.ok(Number.isNaN(log(-1)));
  t.ok(Number.isNaN(log(Number.NaN)));
  t.equal(pow(0, 2), 0);
  t.equal(pow(0, 0), 1);
  for (const [u, cosine, sine] of [
    [0, 1, 0],
    [0.25, 0, 1],
    [0.5, -1, 0],
    [0.75, 0, -1],
    [-3, 1, 0],
  ]) {
    t.equal(cosTurns(u) + 0, cosine, `cos of ${u} turns`);
    t.equal(sinTurns(u) + 0, sine, `sin of ${u} turns`);
  }
});
