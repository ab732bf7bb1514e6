import fc from 'fast-check';
import t from 'tap';
import { firstWithin, thresholdPath } from '../../lib/diagnose/chooseThresholds.js';
import type { LayerCosts } from '../../lib/diagnose/layerTable.js';

/** Costs of 2, 3, .. thresholds from [error, spikes]. */
const layer = (signal: string, ...pairs: [number, number][]): LayerCosts => ({
  signal,
  costs: pairs.map(([error, spikes], k) => ({ thresholds: 2 + k, error, spikes })),
});

t.test('layers get thresholds in the order of the error that a spike takes away', async (t) => {
  const table = [layer('a', [100, 10], [40, 20], [10, 30]), layer('b', [50, 10], [10, 110])];
  t.strictSame(
    thresholdPath(table).map((assignment) => [...assignment.values()]),
    [
      [2, 2], // cheapest
      [3, 2], // 6 a spike
      [4, 2], // 3 a spike
      [4, 3], // 0.4 a spike
    ],
  );
});

t.test(
  'a number of thresholds that no price asks for is left out, and so is one that makes it worse',
  async (t) => {
    const table = [layer('a', [100, 10], [95, 20], [10, 30], [12, 40])];
    t.strictSame(
      thresholdPath(table).map((assignment) => assignment.get('a')),
      [2, 4],
    );
  },
);

t.test('fixed layers keep what they have', async (t) => {
  const table = [layer('a', [9, 1], [1, 2]), layer('b', [9, 1], [1, 2])];
  for (const assignment of thresholdPath(table, new Map([['b', 7]]))) t.equal(assignment.get('b'), 7);
});

t.test('at every price the network of the path has the least error + price x spikes', async (t) => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 50 }));
  const layers = fc.array(fc.array(pair, { minLength: 3, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(layers, fc.integer({ min: 1, max: 400 }), (drawn, tenths) => {
      // more thresholds, more spikes
      const table = drawn.map((pairs, l) => {
        let spikes = 0;
        return layer(`${l}`, ...pairs.map(([error, more]): [number, number] => [error, (spikes += more)]));
      });
      const price = tenths / 10 + 1e-3; // between the prices of integers
      const cost = (choice: readonly number[]) =>
        table.reduce(
          (sum, { costs }, l) => sum + costs[choice[l]].error + price * costs[choice[l]].spikes,
          0,
        );
      const best = table.map(({ costs }) => {
        const totals = costs.map(({ error, spikes }) => error + price * spikes);
        return totals.indexOf(Math.min(...totals));
      });
      const found = thresholdPath(table).map((assignment) =>
        cost(table.map(({ signal }) => assignment.get(signal)! - 2)),
      );
      return Math.min(...found) <= cost(best) + 1e-6;
    }),
    { seed: 3, numRuns: 300 },
  );
  t.pass('300 random tables');
});

t.test('the first network within the tolerance is found with few runs', async (t) => {
  const path = Array.from({ length: 100 }, (_, k) => new Map([['a', k]]));
  let runs = 0;
  const loss = (assignment: ReadonlyMap<string, number>) => {
    runs++;
    return 1 / (1 + assignment.get('a')!);
  };
  const choice = firstWithin(path, 0.05, loss);
  t.strictSame([choice.assignment.get('a'), choice.reached], [19, true]);
  t.equal(choice.loss, 0.05);
  t.ok(runs <= 9, `${runs} runs`);
  const never = firstWithin(path, 0.001, loss);
  t.strictSame([never.assignment.get('a'), never.reached], [99, false]);
});
