/**
 * Theorem 3.1: of all series of N thresholds, those that halve down to 1/2^N lose least, 1/2^(N+1) on
 * average.
 */

import t from 'tap';
import { type Rng, stream } from '../../lib/core/rng.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { multiThreshold } from '../../lib/neuron/multiThreshold.js';
import { expectedError, optimalThresholds, segments } from '../../lib/paper/thresholds.js';

const CELLS = 4096;

/** Mean of what the neuron leaves of V ~ U[0,1], over an even grid of cell centres. */
function meanError(thresholds: readonly number[]): number {
  const membrane = new Float32Array(CELLS);
  const potentials = Float32Array.from(membrane, (_, i) => (i + 0.5) / CELLS);
  const parameters = neuronParameters(findNeuron('mt'), { thresholds });
  multiThreshold.step(new Float32Array(CELLS), new Uint8Array(CELLS), membrane, potentials, parameters);
  return membrane.reduce((sum, rest) => sum + rest, 0) / CELLS;
}

const optimal = optimalThresholds;

/** A series in descending order whose sum is at most 1. */
function randomSeries(random: Rng): number[] {
  const parts = Array.from({ length: 2 + random.integer(5) }, () => random.uniform() + 1e-3);
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts
    .slice(1)
    .map((part) => part / sum)
    .sort((a, b) => b - a);
}

t.test('(A.1) is what the neuron leaves on average', async (t) => {
  const random = stream(30, 'segments');
  for (let trial = 0; trial < 100; trial++) {
    const thresholds = randomSeries(random);
    const difference = Math.abs(expectedError(thresholds) - meanError(thresholds));
    t.ok(difference < 1 / CELLS, `thresholds ${thresholds}`);
  }
});

t.test('N thresholds make 2^N segments only where each is above the sum of those below it', async (t) => {
  t.equal(segments(optimal(4)).length, 16);
  t.equal(segments([0.4, 0.3, 0.2]).length, 7, '0.3 + 0.2 is above 0.4: never fired instead of it');
});

t.test("(A.2) the paper's thresholds are the optimal four for [0, 4]", async (t) => {
  t.strictSame(optimalThresholds(4, 4), multiThreshold.parameters.thresholds.defaults);
  t.equal(expectedError(multiThreshold.parameters.thresholds.defaults, 4), 4 / 2 ** 5);
});

t.test('the optimal series leaves 1/2^(N+1) on average', async (t) => {
  for (let n = 1; n <= 6; n++) t.equal(meanError(optimal(n)), 2 ** -(n + 1), `N = ${n}`);
});

t.test('no random series with a sum of at most 1 does better', async (t) => {
  const random = stream(31, 'theorem');
  for (let trial = 0; trial < 300; trial++) {
    const thresholds = randomSeries(random);
    t.ok(expectedError(thresholds) >= expectedError(optimal(thresholds.length)), `thresholds ${thresholds}`);
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
