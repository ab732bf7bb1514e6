/** Event lists of the reference kernels. */

import fc from 'fast-check';
import t from 'tap';
import { type EventList, eventsOf } from '../../../lib/engine/reference/eventKernels.js';
import { Arena } from './arena.js';
import { tensorSource } from './bits.js';

t.test('an event list holds each non-zero value once, by pixel and ascending channel', async () => {
  const listCase = fc.record({
    pixels: fc.integer({ min: 1, max: 40 }),
    channels: fc.constantFrom(1, 2, 3, 8, 17),
    seed: fc.nat(),
    density: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  });
  const property = fc.property(listCase, ({ pixels, channels, seed, density }) => {
    const dense = tensorSource(seed, density)(pixels * channels);
    const arena = new Arena();
    const events = eventsOf(arena.input(dense), pixels);
    arena.check();
    requireSameEvents(events, expectedEvents(dense, pixels));
  });
  fc.assert(property, { seed: 20230, numRuns: 120 });
});

/** [channel, value] of every event, pixel by pixel. */
function expectedEvents(dense: Float32Array, pixels: number): [number, number][][] {
  const channels = dense.length / pixels;
  return Array.from({ length: pixels }, (_, p) => {
    const row = [...dense.subarray(p * channels, (p + 1) * channels)];
    return row.map((value, c): [number, number] => [c, value]).filter(([, value]) => value !== 0);
  });
}

function requireSameEvents(events: EventList, expected: readonly [number, number][][]): void {
  const { offsets, channels, values } = events;
  const got = expected.map((_, p) => {
    const [start, end] = [offsets[p], offsets[p + 1]];
    return [...channels.subarray(start, end)].map((c, e) => [c, values[start + e]]);
  });
  const total = expected.flat().length;
  const ends = [offsets.length - 1, offsets[0], offsets[expected.length]];
  if (ends.join() !== [expected.length, 0, total].join()) throw new Error(`offsets ${offsets}`);
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`got ${JSON.stringify(got)}`);
}
