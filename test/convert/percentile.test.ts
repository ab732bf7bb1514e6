import fc from 'fast-check';
import t from 'tap';
import { PercentileCollector } from '../../lib/convert/percentile.js';

t.test('any percentile of values that arrive in pieces is that of all values sorted', async (t) => {
  // many zeros, many equal values
  const value = fc.integer({ min: -3, max: 40 }).map((n) => Math.max(0, n) / 8);
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

t.test('several percentiles of every channel of a tensor, whatever was kept for the lowest', async (t) => {
  const percents = [50, 87.5, 99, 99.9, 99.99, 100];
  const value = fc.integer({ min: -3, max: 4000 }).map((n) => Math.max(0, n) / 8);
  const drawing = fc.record({
    channels: fc.integer({ min: 1, max: 5 }),
    pieces: fc.array(fc.array(value, { minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 }),
    lowest: fc.nat({ max: percents.length - 1 }),
  });
  fc.assert(
    fc.property(drawing, ({ channels, pieces, lowest }) => {
      // Whole pixels: each piece is a tensor [pixels,C] that every channel's collector gets.
      const tensors = pieces.map((piece) =>
        Float32Array.from(
          { length: piece.length * channels },
          (_, i) => piece[(i * 7) % piece.length] + (i % channels),
        ),
      );
      const pixels = pieces.reduce((sum, piece) => sum + piece.length, 0);
      for (let c = 0; c < channels; c++) {
        const collector = new PercentileCollector(pixels, percents[lowest]);
        for (const tensor of tensors) collector.add(tensor, c, channels);
        const all = tensors.flatMap((tensor) => [...tensor].filter((_, i) => i % channels === c));
        all.sort((a, b) => a - b);
        // In any order, and more than once.
        for (const percent of [...percents.slice(lowest).reverse(), ...percents.slice(lowest)]) {
          const [got, expected] = [collector.result(percent), quantile(all, percent)];
          if (got !== expected) throw new Error(`${percent} % of channel ${c}: ${got}, expected ${expected}`);
        }
      }
    }),
    { seed: 9, numRuns: 150 },
  );
  const collector = new PercentileCollector(4, 50);
  collector.add(Float32Array.of(1, 2, 3, 4));
  t.equal(collector.result(), 2.5, 'the lowest where none is named');
  t.throws(() => collector.result(49), /percentile 49: only from 50 on/);
});

/** numpy's default: linear between the two nearest ranks. */
function quantile(ascending: readonly number[], percent: number): number {
  const rank = ((ascending.length - 1) * percent) / 100;
  const [lower, upper] = [ascending[Math.floor(rank)], ascending[Math.ceil(rank)]];
  return Math.fround(lower + (rank - Math.floor(rank)) * (upper - lower));
}

t.test('it is an error to ask before all values have come', async (t) => {
  const collector = new PercentileCollector(3, 50);
  collector.add(Float32Array.of(1, 2));
  t.throws(() => collector.result(), /got 2 values, expected 3/);
});
