import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { checkNeuronParameters, findNeuron, neuronParameters, neurons } from '../../lib/neuron/index.js';
import type { Origin } from '../../lib/neuron/parameter.js';
import { startMembranes } from '../../lib/neuron/start.js';

type Given = Parameters<typeof neuronParameters>[1];

/** Feeds one neuron a current a step; returns what it fires, how often, and the potentials that it keeps. */
function trace(name: string, given: Given, currents: readonly number[], origin?: Origin) {
  const neuron = findNeuron(name);
  const parameters = neuronParameters(findNeuron(name), given, origin);
  const membrane = new Float32Array(neuron.membranes(parameters.thresholds.length));
  startMembranes(neuron, parameters, membrane);
  return currents.map((current) => {
    const out = new Float32Array(1);
    const spikes = new Uint8Array(1);
    neuron.step(out, spikes, membrane, Float32Array.of(current), parameters);
    return [out[0], spikes[0], ...membrane];
  });
}

t.test('IF integrates, fires where V >= V_th and subtracts the threshold (Eqs. 1-3)', async (t) => {
  t.strictSame(trace('if', {}, [0.5, 0.5, 1.75, -0.25, 0.5, 0.25]), [
    [0, 0, 0.5],
    [1, 1, 0], // exactly at the threshold
    [1, 1, 0.75],
    [0, 0, 0.5],
    [1, 1, 0],
    [0, 0, 0.25],
  ]);
});

t.test('IF with hard reset loses what exceeds the threshold', async (t) => {
  t.strictSame(trace('if-hard', {}, [0.75, 1, -0.5, 1.5]), [
    [0, 0, 0.75],
    [1, 1, 0],
    [0, 0, -0.5],
    [1, 1, 0],
  ]);
});

t.test('the spike of an IF neuron is worth its threshold', async (t) => {
  t.strictSame(trace('if', { thresholds: [0.5] }, [0.75, 0.25]), [
    [0.5, 1, 0.25],
    [0.5, 1, 0],
  ]);
});

t.test(
  'multi-threshold passes the thresholds from high to low, each once, strictly (Eqs. 4-6)',
  async (t) => {
    t.strictSame(trace('mt', {}, [3.75, 0.125, 0.25, -1, 8, 0]), [
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
  t.strictSame(trace('mt', { thresholds: [1, 0.5], initialPotential: 0.25 }, [0.5]), [[0.5, 1, 0.25]]);
});

t.test('LIF keeps a part of its potential from step to step', async (t) => {
  t.strictSame(trace('lif', { leak: 0.5 }, [0.5, 0.5, 0.75, -0.5]), [
    [0, 0, 0.5],
    [0, 0, 0.75],
    [1, 1, 0.125], // 0.375 + 0.75
    [0, 0, -0.4375],
  ]);
  t.strictSame(trace('lif', { leak: 0.5, reset: 'hard', spikeValues: [2] }, [1.5, 0.5]), [
    [2, 1, 0],
    [0, 0, 0.5],
  ]);
  const { fround } = Math;
  const [[, , first], [, , second]] = trace('lif', {}, [0.7, 0.1]);
  t.equal(first, fround(0.7));
  t.equal(second, fround(fround(fround(0.99) * first) + fround(0.1)), '0.99; product and sum are rounded');
});

t.test('multi-level: every level integrates the same current in a membrane of its own', async (t) => {
  const thresholds = [2, 1, 0.5];
  t.strictSame(trace('ml', { thresholds, spikeValues: [1, 0.5, 0.25] }, [0.5, 0.75, 1, 1]), [
    [0, 0, 0.5, 0.5, 0.5], // exactly at the lowest threshold: not exceeded
    [0.75, 2, 1.25, 0.25, 0.75],
    [1.75, 3, 0.25, 0.25, 1.25],
    [0.75, 2, 1.25, 0.25, 1.75],
  ]);
  t.strictSame(
    trace('ml', { thresholds }, [1.5, 1, 3], 'direct'),
    [
      [2, 2, 1.5, 0, 0],
      [1, 1, 1.375, 1, 0],
      [3, 3, 0, 0, 0],
    ],
    'directly trained as Feng et al.: leak 0.25, reset to zero, spikes worth 1',
  );
  t.strictSame(neuronParameters(findNeuron('ml'), {}, 'direct').thresholds, [2.6, 1.6, 0.6]);
});

t.test('signed: takes back what it fired too early, and never more than it gave', async (t) => {
  t.strictSame(trace('signed', { thresholds: [2, 1, 0.5] }, [1.25, -1, -0.5, 2, -2.5, 8, 0, -5.25, 0, 0]), [
    [1, 1, 0.25, 1], // output, spikes, V, G
    [-1, 1, 0.25, 0],
    [0, 0, -0.25, 0], // nothing to take back
    [1.5, 2, 0.25, 1.5],
    [-1.5, 2, -0.75, 0], // all that was given, the rest waits
    [3.5, 3, 3.75, 3.5], // all thresholds
    [3.5, 3, 0.25, 7],
    [-3.5, 3, -1.5, 3.5], // all thresholds again
    [-2, 1, 0.5, 1.5],
    [0, 0, 0.5, 1.5], // exactly the lowest threshold does not fire
  ]);
  const given = { thresholds: [1, 0.5], initialPotential: 0.25 };
  t.strictSame(trace('signed', given, [0.5, -0.75]), [
    [0.5, 1, 0.25, 0.5],
    [-0.5, 1, 0, 0],
  ]);
});

t.test('signed: outputs never sum to less than 0, and what goes in comes out or stays', async (t) => {
  const steps = { minLength: 1, maxLength: 30 };
  const multiples = fc.array(fc.integer({ min: -64, max: 64 }), steps); // of 1/16: sums are exact
  fc.assert(
    fc.property(
      multiples,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -4, max: 4 }),
      (all, count, start) => {
        const thresholds = Array.from({ length: count }, (_, i) => 2 ** -i);
        const initialPotential = start / 16;
        const charge = all.reduce((sum, multiple) => sum + multiple / 16, initialPotential);
        const fired = trace(
          'signed',
          { thresholds, initialPotential },
          all.map((multiple) => multiple / 16),
        );
        const [, , potential, net] = fired.at(-1)!;
        const sums = sumsOf(fired.map(([output]) => output));
        if (sums.some((sum) => sum < 0)) throw new Error(`sums ${sums}`);
        if (sums.at(-1) !== net || net + potential !== charge)
          throw new Error(`${net} + ${potential} of ${charge}`);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
  const volts = fc.float({ min: Math.fround(-3), max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(volts, steps),
      fc.float({ min: Math.fround(0.01), max: 1, noNaN: true }),
      (all, lowest) => {
        const fired = trace('signed', { thresholds: [4 * lowest, 2 * lowest, lowest] }, all);
        const sums = sumsOf(fired.map(([output]) => output));
        if (sums.some((sum, step) => sum < 0 || sum !== fired[step][3])) throw new Error(`sums ${sums}`);
      },
    ),
    { seed: 4, numRuns: 300 },
  );
  t.pass('600 traces, of volts that add up exactly and of any');
});

/** Sums in float32 up to each value. */
function sumsOf(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum = Math.fround(sum + value);
    return sum;
  });
}

t.test('signed: a current that comes all at once makes it a multi-threshold neuron', async (t) => {
  const random = stream(8, 'at once');
  for (let i = 0; i < 100; i++) {
    const currents = [4 * random.uniform() - 1, 0, 0, 0];
    const [signed, mt] = ['signed', 'mt'].map((name) =>
      trace(name, { thresholds: [0.5, 0.25, 0.125] }, currents),
    );
    t.strictSame(
      signed.map((state) => state.slice(0, 3)),
      mt,
    );
  }
});

t.test('neurons that differ in name only where a setting says so', async (t) => {
  const random = stream(8, 'same');
  const currents = Array.from({ length: 100 }, () => 2 * random.uniform() - 0.7);
  const leaky = { leak: 0.9, thresholds: [0.8] };
  t.strictSame(trace('lif', { leak: 1 }, currents), trace('if', {}, currents));
  t.strictSame(trace('lif', { leak: 1, reset: 'hard' }, currents), trace('if-hard', {}, currents));
  t.strictSame(trace('rs', leaky, currents), trace('lif', leaky, currents), 'amplitudes are in the weights');
  t.strictSame(trace('ml', leaky, currents), trace('mt', leaky, currents), 'one level, one threshold');
});

t.test('in a converted network each level alone stands for the activation', async (t) => {
  const steps = 400;
  for (const activation of [0.1, 0.35, 0.6]) {
    const fired = trace('ml', {}, new Array<number>(steps).fill(activation));
    const rate = fired.reduce((sum, [out]) => sum + out, 0) / steps;
    t.ok(Math.abs(rate - activation) < 0.01, `${rate} for ${activation}`);
  }
});

t.test('charge is conserved by neurons with soft reset and without leak: in = out + residual', async (t) => {
  const random = stream(7, 'charge');
  for (const name of ['if', 'mt', 'rs']) {
    const currents = Array.from({ length: 200 }, () => (random.integer(65) - 24) / 16); // sums are exact
    const steps = trace(name, {}, currents);
    const charge = currents.reduce((sum, current) => sum + current, 0);
    const fired = steps.reduce((sum, [out]) => sum + out, 0);
    t.equal(fired + steps.at(-1)![2], charge, name);
  }
});

t.test('parameters that make no sense are refused', async (t) => {
  const check = (name: string, thresholds: number[], given: Given = {}) =>
    checkNeuronParameters(findNeuron(name), neuronParameters(findNeuron(name), { thresholds, ...given }));
  t.throws(() => check('mt', []), UsageError);
  t.throws(() => check('mt', [1, 2]), /lower than the one before/);
  t.throws(() => check('mt', [1, 1]), /lower than the one before/);
  t.throws(() => check('mt', [1, -1]), /positive/);
  t.throws(() => check('mt', [Number.NaN]), /positive/);
  t.throws(() => check('mt', [1, 1e-46]), /positive/, '0 in float32');
  t.throws(() => check('mt', [1e39]), /positive/, 'infinite in float32');
  t.throws(() => check('mt', [1, 1 - 1e-9]), /lower than the one before/, 'equal in float32');
  for (const name of ['if', 'lif', 'rs']) t.throws(() => check(name, [2, 1]), /exactly 1/);
  t.throws(
    () => check('mt', [1], { initialPotential: Number.NaN }),
    /^initialPotential NaN: expected a number of volts/,
  );
  t.throws(() => check('ml', [2, 1], { spikeValues: [1] }), /^spikeValues 1: got 1 values for 2 thresholds/);
  t.throws(() => check('ml', [2, 1], { spikeValues: [1, 0] }), /^spikeValues 1,0: expected positive/);
  for (const leak of [-0.1, 1.1, Number.NaN]) t.throws(() => check('lif', [1], { leak }), /^leak .*0 to 1/);
  t.throws(() => check('if', [1], { leak: 0.5 }), /^leak 0.5: neuron if has 1 only/);
  t.throws(() => check('mt', [1], { reset: 'hard' }), /^reset hard: neuron mt has soft only/);
  t.throws(() => check('if-hard', [1], { reset: 'soft' }), /^reset soft: neuron if-hard has hard only/);
  t.throws(() => check('signed', [1, 0.4]), /^thresholds 1,0.4: .* half of the one before it/);
  t.throws(
    () => check('signed', [1, 0.5], { spikeValues: [1, 1] }),
    /^spikeValues 1,1: .* worth its threshold/,
  );
  t.doesNotThrow(() => check('signed', [1.2, 0.6, 0.3]));
  t.throws(() => check('lapicque', [1]), /expected one of mt, if, if-hard, lif, ml, rs, signed/);
  for (const name of Object.keys(neurons)) {
    for (const origin of ['converted', 'direct'] as const)
      t.doesNotThrow(
        () => checkNeuronParameters(findNeuron(name), neuronParameters(findNeuron(name), {}, origin)),
        name,
      );
  }
});
