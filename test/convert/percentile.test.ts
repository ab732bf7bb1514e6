import fc from 'fast-check';
import t from 'tap';
import { PercentileCollector } from '../../lib/convert/percentile.js';

t.test('any percentile of values that arrive in pieces is that of all values sorted', async (t) => {
  const value = fc.integer({ min: -3, max: 40 }).map((n) => Math.max(0, n) / 8); // many zeros, many equal values
  const pieces = fc.array(fc.array(value, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 });
  const percents = fc.constantFrom(0.5, 10, 50, 90, 99, 99.9, 100);
  fc.assert(
    fc.property(pieces, percents, (lists, percent) => {
      const all = lists.flat().sort((a, b) => a - b);
      const collector = new PercentileCollector(all.length, percent);
      for (const list of lists) collector.add(Float32Array.from(list));
      const rank = ((all.length - 1) * percent) / 100;
      const [lower, upper] = [all[Math.floor(rank)], all[Math.ceil(rank)]];
      const expected = Math.fround(lower + (rank - Math.floor(rank)) * (upper - lower));
      if (collector.result() !== expected) throw new Error(`got ${collector.result()}, expected ${expected}`);
    }),
    { seed: 8, numRuns: 500 },
  );
  t.pass('500 random batches');
});

t.test('it is an error to ask before all values have come', async (t) => {
  const collector = new PercentileCollector(3, 50);
  collector.add(Float32Array.of(1, 2));
  t.throws(() => collector.result(), /got 2 values, expected 3/);
});
