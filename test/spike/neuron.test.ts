import t from 'tap';
import { checkNeuronParameters, findNeuron, neurons } from '../../lib/spike/neuron/index.js';
import { UsageError } from '../../lib/tensor/error.js';
import { stream } from '../../lib/tensor/rng.js';

/** Feeds one neuron a current a step; returns what it fires and keeps. */
function trace(name: string, thresholds: number[], currents: number[], initialPotential = 0) {
  const membrane = Float32Array.of(initialPotential);
  return currents.map((current) => {
    const out = new Float32Array(1);
    const spikes = new Uint8Array(1);
    findNeuron(name).step(out, spikes, membrane, Float32Array.of(current), { thresholds, initialPotential });
    return [out[0], spikes[0], membrane[0]];
  });
}

t.test('IF integrates, fires where V >= V_th and subtracts the threshold (Eqs. 1-3)', async (t) => {
  t.strictSame(trace('if', [1], [0.5, 0.5, 1.75, -0.25, 0.5, 0.25]), [
    [0, 0, 0.5],
    [1, 1, 0], // exactly at the threshold
    [1, 1, 0.75],
    [0, 0, 0.5],
    [1, 1, 0],
    [0, 0, 0.25],
  ]);
});

t.test('IF with hard reset loses what exceeds the threshold', async (t) => {
  t.strictSame(trace('if-hard', [1], [0.75, 1, -0.5, 1.5]), [
    [0, 0, 0.75],
    [1, 1, 0],
    [0, 0, -0.5],
    [1, 1, 0],
  ]);
});

t.test('the spike of an IF neuron is worth its threshold', async (t) => {
  t.strictSame(trace('if', [0.5], [0.75, 0.25]), [
    [0.5, 1, 0.25],
    [0.5, 1, 0],
  ]);
});

t.test(
  'multi-threshold passes the thresholds from high to low, each once, strictly (Eqs. 4-6)',
  async (t) => {
    t.strictSame(trace('mt', [2, 1, 0.5, 0.25], [3.75, 0.125, 0.25, -1, 8, 0]), [
      [3.5, 3, 0.25], // 2, 1 and 0.5 fire; the rest is exactly 0.25 and does not exceed it
      [0.25, 1, 0.125],
      [0.25, 1, 0.125],
      [0, 0, -0.875],
      [3.75, 4, 3.375], // more than all thresholds together: the rest waits
      [3.25, 3, 0.125],
    ]);
  },
);

t.test('the membrane starts where it is told to', async (t) => {
  t.strictSame(trace('mt', [1, 0.5], [0.5], 0.25), [[0.5, 1, 0.25]]);
});

t.test('charge is conserved by every neuron with soft reset: in = out + residual', async (t) => {
  const random = stream(7, 'charge');
  for (const [name, thresholds] of [
    ['if', [1]],
    ['mt', [2, 1, 0.5, 0.25]],
  ] as const) {
    const currents = Array.from({ length: 200 }, () => (random.integer(65) - 24) / 16); // sums of these are exact
    const steps = trace(name, [...thresholds], currents);
    const charge = currents.reduce((sum, current) => sum + current, 0);
    const fired = steps.reduce((sum, [out]) => sum + out, 0);
    t.equal(fired + steps.at(-1)![2], charge, name);
  }
});

t.test('thresholds and potentials that make no sense are refused', async (t) => {
  const check = (name: string, thresholds: number[], initialPotential = 0) =>
    checkNeuronParameters(name, { thresholds, initialPotential });
  t.throws(() => check('mt', []), UsageError);
  t.throws(() => check('mt', [1, 2]), /lower than the one before/);
  t.throws(() => check('mt', [1, 1]), /lower than the one before/);
  t.throws(() => check('mt', [1, -1]), /positive/);
  t.throws(() => check('mt', [Number.NaN]), /positive/);
  t.throws(() => check('mt', [1, 1e-46]), /positive/, '0 in float32');
  t.throws(() => check('mt', [1e39]), /positive/, 'infinite in float32');
  t.throws(() => check('mt', [1, 1 - 1e-9]), /lower than the one before/, 'equal in float32');
  t.throws(() => check('if', [2, 1]), /exactly 1/);
  t.throws(() => check('mt', [1], Number.NaN), /--v-init/);
  t.throws(() => check('lapicque', [1]), /expected one of/);
  for (const [name, { defaultThresholds }] of Object.entries(neurons)) {
    t.doesNotThrow(() => check(name, [...defaultThresholds]), name);
  }
});
