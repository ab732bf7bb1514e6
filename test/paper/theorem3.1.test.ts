/** Theorem 3.1: of all series of N thresholds, halving ones down to 1/2^N lose least, 1/2^(N+1) on average. */

import t from 'tap';
import { multiThreshold } from '../../lib/spike/neuron/multiThreshold.js';
import { stream } from '../../lib/tensor/rng.js';

const CELLS = 4096;

/** Mean of what the neuron leaves of V ~ U[0,1], over an even grid of cell centres. */
function meanError(thresholds: readonly number[]): number {
  const membrane = new Float32Array(CELLS);
  const potentials = Float32Array.from(membrane, (_, i) => (i + 0.5) / CELLS);
  const parameters = { thresholds, initialPotential: 0 };
  multiThreshold.step(new Float32Array(CELLS), new Uint8Array(CELLS), membrane, potentials, parameters);
  return membrane.reduce((sum, rest) => sum + rest, 0) / CELLS;
}

const optimal = (n: number) => Array.from({ length: n }, (_, i) => 2 ** -(i + 1));

t.test('the optimal series leaves 1/2^(N+1) on average', async (t) => {
  for (let n = 1; n <= 6; n++) t.equal(meanError(optimal(n)), 2 ** -(n + 1), `N = ${n}`);
});

t.test('no random series with a sum of at most 1 does better', async (t) => {
  const random = stream(31, 'theorem');
  for (let trial = 0; trial < 300; trial++) {
    const n = 1 + random.integer(5);
    const parts = Array.from({ length: n + 1 }, () => random.uniform() + 1e-3);
    const sum = parts.reduce((a, b) => a + b, 0);
    const thresholds = parts.slice(0, n).map((part) => part / sum);
    thresholds.sort((a, b) => b - a);
    t.ok(meanError(thresholds) >= meanError(optimal(n)) - 1 / CELLS, `thresholds ${thresholds}`);
  }
});

t.test('moving one threshold of the optimal series makes it worse', async (t) => {
  for (let moved = 0; moved < 4; moved++) {
    for (const factor of [0.9, 1.1]) {
      const thresholds = optimal(4).map((threshold, i) => (i === moved ? factor * threshold : threshold));
      t.ok(meanError(thresholds) > meanError(optimal(4)), `threshold ${moved} times ${factor}`);
    }
  }
});
